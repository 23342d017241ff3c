import type { Proposal } from "./proposal.ts";

/**
 * What the words beside each value mean, by a sentence encoder: for schemas whose labels no lexicon
 * knows. The cosine of a label with the field's own words joins the ranker's probability.
 */

/** Weight of a fit beside the ranker's log-probability. */
const senseWeight = 4;
/** Unrelated words have a cosine about here. */
const unrelated = 0.3;

/** Names and addresses stand without labels: what is beside them is other text. */
const unlabelled: ReadonlySet<string> = new Set(["name", "address"]);

/** Whether the words beside its values can say which one is meant. */
export function isLabelled({ field }: Proposal): boolean {
  return !unlabelled.has(field.type);
}

/** The labels of a proposal's values that are worth encoding, without repeats. */
export function labelsOf(proposals: readonly Proposal[]): readonly string[] {
  return [...new Set(proposals.flatMap((one) => one.ranked.flatMap(({ labels }) => labels)))];
}

/** How the field is called in plain words: its description, else its path taken apart. */
export function questionOf({ field }: Proposal): string {
  if (field.description !== "") return field.description;
  return field.path
    .replaceAll(/[._*]+/g, " ")
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ")
    .toLowerCase();
}

/**
 * How well the words beside each value say what the field is called, 0..1, in the order of the ranking.
 * @param cosine of a label with the field's question, -1..1; undefined for a label that was not encoded
 */
export function fitsOf(proposal: Proposal, cosine: (label: string) => number | undefined): readonly number[] {
  const fitOf = (label: string) => Math.max(0, (cosine(label) ?? 0) - unrelated) / (1 - unrelated);
  return proposal.ranked.map(({ labels }) => Math.max(0, ...labels.map(fitOf)));
}

/**
 * The proposal with the encoder's opinion of the labels pooled in.
 * @param cosine of a label with the field's question, -1..1; undefined for a label that was not encoded
 */
export function withSense(proposal: Proposal, cosine: (label: string) => number | undefined): Proposal {
  const fits = fitsOf(proposal, cosine);
  if (fits.every((fit) => fit === 0)) return proposal;
  const weights = proposal.ranked.map(
    ({ value, probability }, at) => probability * Math.exp(senseWeight * (value === null ? 0 : (fits[at] ?? 0))),
  );
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const ranked = proposal.ranked
    .map((one, at) => ({ ...one, probability: (weights[at] ?? 0) / all, fit: fits[at] ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability);
  const [best, second] = ranked;
  if (best === undefined) return proposal;
  return {
    ...proposal,
    value: best.value,
    probability: best.probability,
    margin: best.probability - (second?.probability ?? 0),
    spans: best.spans,
    ranked: ranked.map(({ fit: _fit, ...one }) => one),
    evidence: { ...proposal.evidence, "encoder.fit": Math.round(best.fit * 1e4) / 1e4 },
  };
}
