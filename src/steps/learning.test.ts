import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type Certificate, money } from "../core/index.ts";
import { readText } from "../document/flow/text.ts";
import type { LabelledExample, LearnContext, Lesson, Pages, StepContext } from "../ports/index.ts";
import { scriptedModel } from "../testing/scripted-model.ts";
import type { Claim } from "../learning/fields/index.ts";
import { extract } from "./extract.ts";

/** Slips of a shop whose words no lexicon knows: "Zarb" is the sum, "Wend" the day, "Keeper" the name. */
const Slip = z.object({
  keeper: z.string().describe("keeper of the slip"),
  day: z.iso.date().describe("day of the deal"),
  worth: money().describe("worth of the deal"),
  mark: z.string().nullable().describe("mark of the deal"),
});

const keepers = ["Alder Mill", "Birch & Sons", "Cedar Works", "Dogwood Hall", "Elm House", "Fir Tree Inn"];

function slip(at: number) {
  const keeper = keepers[at % keepers.length] ?? "";
  const day = `2026-03-${String(1 + (at % 27)).padStart(2, "0")}`;
  const worth = `${100 + 7 * at}.50`;
  const mark = at % 3 === 0 ? null : `Q${at}-${at * 3}`;
  const lines = [
    `Slip of trade`,
    `Keeper  ${keeper}`,
    `Wend ${day}    Kept until 2026-06-30`,
    `Things  ${at + 2}.00`,
    `Yarb   ${200 + 9 * at}.25`,
    `Zarb   ${worth}`,
    ...(mark === null ? [] : [`Glyph: ${mark}`]),
    `Stall ${at}-${at + 1}`,
  ];
  return { text: lines.join("\n"), truth: { keeper, day, worth, mark } };
}

async function example(at: number): Promise<LabelledExample> {
  const { text, truth } = slip(at);
  return { id: `slip-${at}`, source: truth.keeper, text: await textOf(text), truth };
}

const textOf = (text: string) => readText(new TextEncoder().encode(text), 10);

const examplesUpTo = (count: number) => Promise.all(Array.from({ length: count }, (_zero, at) => example(at)));

/** Named in every decision's evidence; odd amounts are as good a sign as any. */
const oddCents = (claim: Claim) => Number(String(claim.value).endsWith(".50"));

const step = extract(Slip, { signals: { "cents.odd": oddCents } });

async function learn(examples: readonly LabelledExample[]): Promise<Lesson> {
  const context = {
    model: scriptedModel({}),
    settings: {},
    signal: new AbortController().signal,
    progress: () => undefined,
    without: new Set(),
  } as Partial<LearnContext> as LearnContext;
  if (step.learn === undefined) throw new Error("The step does not learn.");
  return step.learn(examples, context);
}

const certificate: Certificate = {
  path: "worth",
  promise: "certified",
  risk: 0.05,
  population: "known",
  threshold: 0.5,
  labels: 100,
  accepted: 90,
  wrong: 0,
  bound: 0.03,
  missing: 0,
  method: "test",
};

async function read(text: string, lesson: Lesson, accepts: (path: string, confidence: number) => Certificate | null) {
  const document = await textOf(text);
  const context = {
    model: scriptedModel({}),
    text: async () => document,
    learned: async () => ({ model: lesson.model, accepts }),
    count: () => undefined,
    signal: new AbortController().signal,
    without: new Set(),
  } as Partial<StepContext> as StepContext;
  const pages: Pages = {
    document: { sha256: "ab", name: "slip.txt", bytes: 1 },
    reading: { sha256: "cd", pages: 1, characters: text.length, complete: true, skipped: [] },
  };
  return (await step.run(pages, context)).draft;
}

describe("learning to extract", () => {
  test("reads words that no lexicon knows, and says how sure it is", async () => {
    const lesson = await learn(await examplesUpTo(24));
    const { text, truth } = slip(40);
    const { decisions } = await read(text, lesson, () => null);
    expect(decisions["worth"]?.value).toBe(truth.worth);
    expect(decisions["day"]?.value).toBe(truth.day);
    expect(decisions["keeper"]?.value).toBe(truth.keeper);
    expect(decisions["mark"]?.value).toBe(truth.mark);
    expect(decisions["worth"]).toMatchObject({ status: "review", by: "learned" });
    expect(decisions["worth"]?.evidence["cents.odd"]).toBe(1);
    expect(decisions["keeper"]?.evidence["cents.odd"]).toBeUndefined();
    expect(decisions["worth"]?.confidence).toBeGreaterThan(0.7);
    expect(decisions["worth"]?.confidence).toBeLessThan(1);
  });

  test("says that the page does not state it where examples say so", async () => {
    const lesson = await learn(await examplesUpTo(24));
    const { text } = slip(39);
    const { decisions } = await read(text, lesson, () => null);
    expect(decisions["mark"]?.value).toBeNull();
  });

  test("accepts what a certificate covers, and nothing else", async () => {
    const lesson = await learn(await examplesUpTo(24));
    const accepts = (path: string, confidence: number) => (path === "worth" && confidence > 0.5 ? certificate : null);
    const { decisions } = await read(slip(40).text, lesson, accepts);
    expect(decisions["worth"]).toMatchObject({ status: "accepted", by: "learned" });
    expect(decisions["worth"]?.evidence["certificate.risk"]).toBe(0.05);
    expect(decisions["day"]?.status).toBe("review");
  });

  test("answers every example out of fold, for known and for new senders", async () => {
    const examples = await examplesUpTo(24);
    const { outOfFold } = await learn(examples);
    for (const population of ["known", "new"]) {
      const rows = outOfFold.filter((row) => row.population === population);
      expect(new Set(rows.map((row) => row.example)).size).toBe(examples.length);
      expect(rows.length).toBe(examples.length * 4);
      expect(rows.filter(({ right }) => right).length).toBeGreaterThan(0.8 * rows.length);
    }
  });

  test("the same examples give the same lesson", async () => {
    const examples = await examplesUpTo(12);
    expect(await learn(examples)).toEqual(await learn(examples));
  });

  test("lists labels that contradict each other, stand nowhere, or are missing", async () => {
    const examples = await examplesUpTo(12);
    const [first, second] = examples;
    if (first === undefined || second === undefined) throw new Error("No examples.");
    const unmarked = examples.map((one) => {
      const { mark: _mark, ...truth } = one.truth;
      return Object.assign({}, one, { truth });
    });
    const { problems } = await learn([
      ...unmarked,
      { ...first, id: "again", truth: { worth: "107.50" } },
      { ...second, id: "typo", text: await textOf(`${slip(1).text}\nagain`), truth: { worth: "999.99" } },
    ]);
    const named = problems.map(({ example: id, path }) => `${id} ${path}`);
    expect(named).toContain("slip-0 worth");
    expect(named).toContain("again worth");
    expect(named).toContain("typo worth");
    expect(named).toContain("* mark");
  });

  test("one example teaches nothing, and says so", async () => {
    const lesson = await learn(await examplesUpTo(1));
    expect(lesson.outOfFold).toEqual([]);
    expect(lesson.problems.length).toBe(4);
  });

  test("a damaged profile is refused", async () => {
    const lesson = await learn(await examplesUpTo(6));
    const damaged = { ...lesson, model: { schema: "weir.fields/1", paths: "gone" } };
    await expect(read(slip(1).text, damaged, () => null)).rejects.toMatchObject({ code: "profile.damaged" });
  });
});
