import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Certificate } from "../core/index.ts";
import { readText } from "../document/flow/text.ts";
import { type LabelledExample, type LearnContext, type Pages, type StepContext, usualWorth } from "../ports/index.ts";
import { type ScriptedModel, scriptedModel } from "../testing/scripted-model.ts";
import { type ExtractOptions, extract } from "./extract.ts";

/** Nothing on the page tells which of two codes is meant; the larger model knows: the one that ends with a 7. */
const Parcel = z.object({ code: z.string().meta({ weir: "identifier" }).describe("parcel code") });
const knows = () => scriptedModel({ score: ({ options }) => options.map((one) => (one.endsWith("7") ? -0.1 : -4)) });
const cannotTell = () => scriptedModel({ score: ({ options }) => options.map(() => -1) });

const undecided: ExtractOptions = {
  ranker: {
    schema: "weir.ranker/1",
    learned: { from: "nothing", on: "2026-01-01", documents: 0 },
    paths: {},
    types: {},
  },
};

const textOf = (text: string) => readText(new TextEncoder().encode(text), 10);
const parcel = (at: number) => {
  const [a, b] = [`AB-${1_000 + 10 * at + 7}`, `AB-${1_000 + 10 * at + (at % 7)}`];
  return { text: at % 2 === 0 ? `${a}\n${b}\n` : `${b}\n${a}\n`, code: a };
};

interface Given {
  readonly text?: string;
  readonly large?: ScriptedModel;
  readonly priceNano?: number;
  readonly without?: readonly string[];
  readonly learned?: StepContext["learned"];
}

async function read(given: Given) {
  const { text = parcel(3).text, large = knows(), priceNano = 0, without = [], learned = async () => null } = given;
  const document = textOf(text);
  const model = cannotTell();
  const price = { promptNano: priceNano, completionNano: 0 };
  const context = {
    model,
    large: Object.assign(large, { price }),
    worth: usualWorth,
    learned,
    without: new Set(["encoder", ...without]),
    text: async () => document,
    count: () => undefined,
    signal: new AbortController().signal,
  } as Partial<StepContext> as StepContext;
  const pages: Pages = {
    document: { sha256: "ab", name: "parcel.txt", bytes: 1 },
    reading: { sha256: "cd", pages: 1, characters: 1, complete: true, skipped: [] },
  };
  const { draft } = await extract(Parcel, undecided).run(pages, context);
  return { code: draft.decisions["code"], asked: large.calls.length, askedFirst: model.calls.length };
}

describe("a larger local model", () => {
  test("is asked after the small one about what is still in doubt; its reading is evidence and nothing is accepted for it", async () => {
    const { code, asked, askedFirst } = await read({});
    expect([askedFirst, asked]).toEqual([1, 1]);
    expect(code).toMatchObject({ value: parcel(3).code, by: "slm", status: "review", evidence: { "large.agrees": 0 } });
    expect(code?.evidence["large.probability"]).toBeGreaterThan(0.9);
  });

  test("is not asked where nothing is in doubt", async () => {
    expect(await read({ text: "AB-1207\n" })).toMatchObject({ asked: 0 });
  });

  test("is not asked where its time costs more than the answer is expected to bring", async () => {
    expect(await read({ priceNano: 10_000_000 })).toMatchObject({ asked: 0 });
    expect(await read({ priceNano: 10 })).toMatchObject({ asked: 1 });
  });

  test("can be done without, to see what it adds", async () => {
    expect(await read({ without: ["large"] })).toMatchObject({ asked: 0 });
  });

  describe("of which examples have shown what it is worth", async () => {
    const examples = Array.from({ length: 40 }, (_zero, at): LabelledExample => {
      const { text, code } = parcel(at);
      return { id: `p${at}`, source: `s${at}`, text: textOf(text), truth: { code } };
    });
    const lessonWith = async (large: ScriptedModel) => {
      const context = {
        model: cannotTell(),
        large,
        settings: {},
        signal: new AbortController().signal,
        progress: () => undefined,
        without: new Set(["encoder"]),
      } as Partial<LearnContext> as LearnContext;
      return await extract(Parcel, undecided).learn?.(examples, context);
    };
    const lesson = await lessonWith(knows());
    const certificate = { path: "code", risk: 0.05 } as Certificate;
    const taughtWith =
      (accepts: (path: string, confidence: number) => Certificate | null): StepContext["learned"] =>
      async () => ({ model: lesson?.model ?? null, accepts });

    test("counts as much as it was seen to help, and may be what a certificate accepts on", async () => {
      expect(lesson?.figures["code"]?.["large.weight"]).toBeGreaterThan(0);
      const right = lesson?.outOfFold.filter((row) => row.right).length ?? 0;
      const alone = await lessonWith(cannotTell());
      expect(right).toBeGreaterThan(alone?.outOfFold.filter((row) => row.right).length ?? Infinity);
      let calls = 0;
      // Only after the larger model was heard.
      const accepts = () => (++calls > 1 ? certificate : null);
      const { code, asked } = await read({ learned: taughtWith(accepts) });
      expect(asked).toBe(1);
      expect(code).toMatchObject({ value: parcel(3).code, status: "accepted" });
      expect(code?.evidence["large.probability"]).toBeGreaterThan(0.5);
    });

    test("is not asked about what a certificate covers without it", async () => {
      expect(await read({ learned: taughtWith(() => certificate) })).toMatchObject({ asked: 0 });
    });

    test("that was not seen to help is not asked", async () => {
      const useless = await lessonWith(cannotTell());
      const learned = async () => ({ model: useless?.model ?? null, accepts: () => null });
      expect(await read({ learned })).toMatchObject({ asked: 0 });
    });
  });
});
