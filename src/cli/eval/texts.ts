import { type Decision, type Json, schemaPath } from "../../core/index.ts";
import { type Rouge, alignmentMin, factsOf, rouge, statedIn } from "../../summary/index.ts";

/** How texts of a result compare with one that a person wrote: what both say, what is left out, what is not supported. */

export interface TextScore extends Rouge {
  readonly n: number;
  /** Length as a share of the document's; null where the result does not say. */
  readonly length: number | null;
  readonly sentences: number;
  /** Share of the reference's numbers, drugs and conditions that the text does not state. */
  readonly omitted: number | null;
  /** Share of sentences that are doubted: their lines may not say it. */
  readonly unsupported: number | null;
  /** Share of sentences that were dropped before, because their lines do not say it. */
  readonly dropped: number | null;
}

export interface TextCase {
  /** What a person wrote. */
  readonly reference: Json;
  readonly decisions: Readonly<Record<string, Pick<Decision, "value" | "evidence">>>;
  /** Whose texts are compared, joined: "summary". */
  readonly path: string;
}

export function textScore(cases: readonly TextCase[]): TextScore {
  const scored = cases.map((one) => scoreText(one));
  const mean = (of: (one: (typeof scored)[number]) => number | null) => {
    const known = scored.flatMap((one) => of(one) ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const sum = (of: (one: (typeof scored)[number]) => number) => scored.reduce((total, one) => total + of(one), 0);
  const share = (some: number, all: number) => (all === 0 ? null : some / all);
  const sentences = sum((one) => one.sentences);
  return {
    n: cases.length,
    rouge1: mean((one) => one.rouge1) ?? 0,
    rouge2: mean((one) => one.rouge2) ?? 0,
    rougeL: mean((one) => one.rougeL) ?? 0,
    length: mean((one) => one.length),
    sentences,
    omitted: share(
      sum((one) => one.facts - one.stated),
      sum((one) => one.facts),
    ),
    unsupported: share(
      sum((one) => one.unsupported),
      sentences,
    ),
    dropped: mean((one) => one.dropped),
  };
}

function scoreText({ reference, decisions, path }: TextCase) {
  const wanted = typeof reference === "string" ? reference : "";
  const under = Object.entries(decisions).filter(([key]) => schemaPath(key).startsWith(`${path}.`));
  const sentences = under.filter(([key]) => schemaPath(key).endsWith(".sentences.*"));
  const text = sentences.map(([, { value }]) => String(value ?? "")).join("\n");
  const facts = factsOf(wanted);
  // What holds for the whole stands on every title.
  const whole = under.find(([key]) => key.endsWith(".title"))?.[1].evidence;
  return {
    ...rouge(text, wanted),
    length: whole?.["summary.length"] ?? null,
    dropped: whole?.["summary.dropped"] ?? null,
    sentences: sentences.length,
    facts: facts.length,
    stated: statedIn(facts, text).length,
    unsupported: sentences.filter(([, { evidence }]) => (evidence["support.alignment"] ?? 1) < alignmentMin).length,
  };
}
