import { z } from "zod";
import { type Decision, type DocumentText, type Json, type OutOfFold, sameValue } from "../../src/core/index.ts";
import type { Draft, LabelledExample, Lesson, Pages, Step } from "../../src/ports/index.ts";

/** A step that can learn, small enough to see through: it learns after which word the value stands. */

export const Slip = z.object({ total: z.string().regex(/^\d+\.\d\d$/), note: z.string().nullable() });

export function wordStep(shape: string = "v1"): Step<Pages, Draft<typeof Slip>> {
  return {
    name: "extract",
    kind: "extract",
    shape: { shape },
    schema: Slip,
    run: async (state, context) => {
      const text = await context.text(state);
      const learned = await context.learned(text);
      const words = (learned?.model ?? {}) as Readonly<Record<string, string>>;
      const decide = (path: string): Decision => {
        const { value, confidence } = answer(text, words[path]);
        const certificate = learned?.accepts(path, confidence) ?? null;
        const evidence: Record<string, number> = certificate ? { "certificate.risk": certificate.risk } : {};
        const status = certificate ? "accepted" : "review";
        return { value, confidence, status, by: "learned", source: [], alternatives: [], evidence };
      };
      const decisions = { total: decide("total"), note: decide("note") };
      return { ...state, stage: "draft", draft: { decisions, doubts: [], optional: ["note"] } };
    },
    learn: async (examples): Promise<Lesson> => {
      const paths = ["total", "note"].filter((path) => examples.some(({ truth }) => path in truth));
      const learn = (path: string, some: readonly LabelledExample[]) => wordBefore(path, some);
      const outOfFold = paths.flatMap((path) =>
        examples.flatMap((example): OutOfFold[] => {
          const wanted = example.truth[path];
          if (wanted === undefined) return [];
          const others = examples.filter((one) => one !== example);
          const { value, confidence } = answer(example.text, learn(path, others));
          const right = sameValue(value, wanted);
          return [{ example: example.id, path, population: "new", value, confidence, right }];
        }),
      );
      const model: Json = Object.fromEntries(paths.map((path) => [path, learn(path, examples) ?? null]));
      return { model, outOfFold, problems: [], figures: { total: { lines: 1 } } };
    },
  };
}

const linesOf = (text: DocumentText) => text.pages.flatMap((page) => page.lines.map((line) => line.text.trim()));

/** Surer where the word stands once. */
function answer(text: DocumentText, word: string | null | undefined) {
  const found = linesOf(text).filter((line) => word !== null && word !== undefined && line.startsWith(`${word} `));
  const value = found[0]?.slice((word ?? "").length + 1) ?? null;
  return { value, confidence: found.length === 1 ? 0.99 : 0.3 };
}

function wordBefore(path: string, examples: readonly LabelledExample[]): string | null {
  const counts = new Map<string, number>();
  for (const { text, truth } of examples) {
    for (const line of linesOf(text)) {
      const [word = "", ...rest] = line.split(" ");
      if (rest.join(" ") === truth[path]) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
