import { sameValue } from "./ranker.ts";
import type { ProposedValue, Proposal } from "./proposal.ts";
import type { Json } from "../core/index.ts";

/** What a language model makes of the same values: how likely it finds each, together 1. */
export interface SlmReading {
  readonly options: readonly { readonly value: Json; readonly probability: number }[];
}

/**
 * Weight of the model's log-probability beside the ranker's, for a model of which nothing was measured:
 * enough to break a tie. At three times this the default decoder turned more right answers than wrong ones.
 */
const slmWeight = 0.1;

/**
 * The proposal after a second, structurally different reading: log-linear pooling over the values
 * both looked at. A value the model was not asked about keeps the model's least probability.
 */
export function fuse(
  proposal: Proposal,
  reading: SlmReading,
  name: "slm" | "large" = "slm",
  weight = slmWeight,
): Proposal {
  if (reading.options.length < 2) return proposal;
  const said = new Map(reading.options.map(({ value, probability }) => [key(value), probability]));
  const least = Math.min(...said.values());
  const pooled = proposal.ranked.map((one) => {
    const model = Math.max(1e-6, said.get(key(one.value)) ?? least);
    return likely(one, Math.exp(Math.log(Math.max(1e-9, one.probability)) + weight * Math.log(model)));
  });
  const all = pooled.reduce((sum, one) => sum + one.probability, 0);
  const ranked = pooled
    .map((one) => likely(one, one.probability / all))
    .toSorted((a, b) => b.probability - a.probability);
  const [best, second] = ranked;
  if (best === undefined) return proposal;
  const favourite = reading.options.toSorted((a, b) => b.probability - a.probability)[0];
  return {
    ...proposal,
    value: best.value,
    probability: best.probability,
    margin: best.probability - (second?.probability ?? 0),
    spans: best.spans,
    ranked,
    evidence: {
      ...proposal.evidence,
      [`${name}.probability`]: said.get(key(best.value)) ?? 0,
      [`${name}.agrees`]: Number(favourite !== undefined && key(favourite.value) === key(proposal.value)),
    },
  };
}

function likely(value: ProposedValue, probability: number): ProposedValue {
  return { ...value, probability };
}

function key(value: Json): string {
  return value === null ? "" : sameValue(String(value));
}
