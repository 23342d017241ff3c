import { hash32 } from "../../src/confidence/index.ts";
import { type Json, type JsonObject, sameValue } from "../../src/core/index.ts";
import type { Model } from "../../src/ports/index.ts";
import { type PageCandidate, readAlone } from "../../src/steps/alone.ts";
import type { Baseline } from "./baseline.ts";
import { median } from "./figures.ts";
import type { BenchSet } from "./sets.ts";

/** Who read, how many fields right, and where it was measured how long a document took. */
export interface SetFigures {
  readonly set: string;
  readonly documents: number;
  readonly fields: number;
  readonly right: Readonly<Record<"grammar" | "alone" | "first" | "last" | "random", number>>;
  readonly grammarMs: number;
  readonly aloneMs: number;
  /** All fields asked once more, the document being in the state. */
  readonly againMs: number;
  readonly grammarAgainMs: number;
  readonly byPath: Readonly<Record<string, Readonly<Record<"grammar" | "alone", number>>>>;
}

/** Each document by both, one after the other, taking turns in who begins. */
export async function compare(
  set: BenchSet,
  model: Model,
  baseline: Baseline,
  latencies: number[],
): Promise<SetFigures> {
  const schema = flatSchema(set);
  const right = { grammar: 0, alone: 0, first: 0, last: 0, random: 0 };
  const byPath = Object.fromEntries(set.fields.map(({ path }) => [path, { grammar: 0, alone: 0 }]));
  const times = { grammar: [] as number[], alone: [] as number[], again: [] as number[], grammarAgain: [] as number[] };
  let fields = 0;
  for (const [at, { item, document, survey }] of set.documents.entries()) {
    let answer: Json = null;
    const byGrammar = async () => {
      const begun = performance.now();
      answer = await baseline.ask(document, schema);
      times.grammar.push(performance.now() - begun);
    };
    const read = new Map<string, { readonly value: Json; readonly candidates: readonly PageCandidate[] }>();
    const alone = async () => {
      for (const bucket of [times.alone, times.again]) {
        const begun = performance.now();
        for (const field of set.fields) {
          const asked = performance.now();
          const one = await readAlone(model, document, field, survey);
          if (bucket === times.again && one.candidates.length > 1) latencies.push(performance.now() - asked);
          read.set(field.path, one);
        }
        bucket.push(performance.now() - begun);
      }
    };
    if (at % 2 === 0) await byGrammar();
    await alone();
    if (at % 2 === 1) await byGrammar();
    if (at % 5 === 0) {
      const [, second] = await baseline.askAgain(document, [schema, renamed(schema)]);
      times.grammarAgain.push(second ?? 0);
    }
    for (const { path } of set.fields) {
      const truth = truthOf(item.truth, path);
      if (truth === undefined) continue;
      fields += 1;
      const { value = null, candidates = [] } = read.get(path) ?? {};
      const written = (answer as JsonObject | null)?.[path.replaceAll(".", " ")] ?? null;
      const random = candidates[hash32(`${item.id} ${path}`, 1) % Math.max(1, candidates.length)];
      const count = (who: keyof typeof right, said: Json) => {
        if (!sameValue(said, truth)) return;
        right[who] += 1;
        const own = byPath[path];
        if (own !== undefined && (who === "grammar" || who === "alone")) own[who] += 1;
      };
      count("grammar", written);
      count("alone", value);
      count("first", candidates[0]?.value ?? null);
      count("last", candidates.at(-1)?.value ?? null);
      count("random", random?.value ?? null);
    }
    process.stderr.write(`${set.name} ${at + 1}/${set.documents.length} ${JSON.stringify(right)} of ${fields}\n`);
  }
  return {
    set: set.name,
    documents: set.documents.length,
    fields,
    right,
    grammarMs: median(times.grammar),
    aloneMs: median(times.alone),
    againMs: median(times.again),
    grammarAgainMs: median(times.grammarAgain),
    byPath,
  };
}

/** One level of keys, as a user would write it for a small model. */
function flatSchema({ fields }: BenchSet): JsonObject {
  const properties = fields.map(({ path, description, type }) => [
    path.replaceAll(".", " "),
    { type: "string", description, ...(type === "date" ? { format: "date" } : {}) },
  ]);
  return { type: "object", properties: Object.fromEntries(properties) };
}

/** The same in other words, as a second step would ask. */
function renamed(schema: JsonObject): JsonObject {
  const properties = Object.entries(schema["properties"] as JsonObject).map(([key, value]) => [`the ${key}`, value]);
  return { type: "object", properties: Object.fromEntries(properties) };
}

function truthOf(truth: Readonly<Record<string, Json>>, path: string): Json | undefined {
  const whole = truth[path];
  if (whole !== undefined) return whole;
  let at: Json | undefined = truth as JsonObject;
  for (const key of path.split(".")) at = (at as JsonObject | undefined)?.[key];
  return at;
}
