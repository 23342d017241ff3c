import { expect, test } from "vitest";
import { type DraftData, openDoubts } from "../../core/index.ts";
import { readText } from "../../document/flow/text.ts";
import type { LabelledExample, LearnContext, Learned, Pages, StepContext } from "../../ports/index.ts";
import { scriptedModel } from "../../testing/scripted-model.ts";
import { sentencePath } from "./learn.ts";
import { summarize } from "./summarize.ts";

const textOf = (text: string) => readText(new TextEncoder().encode(text), 500);
const pages: Pages = {
  document: { sha256: "ab", name: "visit.txt", bytes: 1 },
  reading: { sha256: "cd", pages: 1, characters: 1, complete: true, skipped: [] },
};

interface Told {
  readonly lines: Readonly<Record<string, string>>;
  readonly dropped: readonly { readonly text: string }[];
}

async function summarized(text: string, learned: Learned | null = null, reading: Partial<Pages["reading"]> = {}) {
  const told: Told[] = [];
  const context = {
    text: async () => textOf(text),
    learned: async () => learned,
    tell: (_type: string, data: unknown) => void told.push(data as Told),
    signal: new AbortController().signal,
  } as Partial<StepContext> as StepContext;
  const state = { ...pages, reading: { ...pages.reading, ...reading } };
  const { draft } = (await summarize().run(state, context)) as unknown as { draft: DraftData };
  const sentences = Object.entries(draft.decisions).filter(([path]) => path.includes(".sentences."));
  return { draft, sentences, told: told[0] };
}

const visit = `[doctor] hi nora , how are you ?
[patient] i'm okay . the weather is so nice .
[doctor] nora is a 48-year-old female with a history of asthma who presents with a cough . any fever or chills ?
[patient] no .
[doctor] okay . and you're still taking the albuterol ?
[patient] yes , two puffs every six hours . i have had this cough for two weeks and it keeps me up at night .
[doctor] on your lung exam , there is some wheezing in the right lower lobe , okay ?
[patient] okay .
[doctor] so for your asthma , i wan na go ahead and start you on prednisone 40 milligrams a day for five days .
[patient] sounds good .
[doctor] all right , bye .`;

test("each sentence is bound to the lines it comes from, and waits for a person", async () => {
  const { sentences, draft } = await summarized(visit);
  expect(sentences.length).toBeGreaterThan(2);
  for (const [, { value, source, status, evidence }] of sentences) {
    expect(status).toBe("review");
    expect(source.length).toBeGreaterThan(0);
    const said = source.map(({ text }) => text.toLowerCase()).join(" ");
    for (const word of String(value)
      .toLowerCase()
      .match(/[a-z0-9-]{4,}/g) ?? [])
      expect(said).toContain(word);
    for (const signal of Object.values(evidence)) expect(signal).toBeLessThanOrEqual(1);
  }
  const dose = sentences.find(([, { value }]) => String(value).includes("prednisone"));
  expect(dose?.[1].source.map(({ line }) => line)).toContain(9);
  expect(openDoubts(draft).length).toBe(sentences.length);
});

test("the summary is no longer than its share, and what stands in it is what a clinician writes down", async () => {
  const { sentences } = await summarized(visit);
  const text = sentences.map(([, { value }]) => String(value)).join("\n");
  expect(text.length).toBeLessThanOrEqual(0.45 * visit.length);
  expect(text).toContain("prednisone 40 milligrams");
  expect(text).not.toContain("weather");
});

test("every line of the record is accounted for", async () => {
  const { told } = await summarized(visit);
  const numbers = Object.values(told?.lines ?? {}).flatMap((ranges) =>
    ranges
      .split(", ")
      .filter((range) => range !== "")
      .flatMap((range) => {
        const [from = 0, to = from] = range.split("-").map(Number);
        return Array.from({ length: to - from + 1 }, (_, at) => from + at);
      }),
  );
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, at) => at + 1));
});

test("a record without anything clinical has an empty summary, not an invented one", async () => {
  expect((await summarized("ok\n---\n12")).sentences).toEqual([]);
});

test("a record that was not read whole is doubted", async () => {
  const { draft } = await summarized(visit, null, { complete: false });
  expect(draft.doubts.map(({ code }) => code)).toContain("read.incomplete");
});

test("two hundred pages are summarised in parts, and what is said again is said once", async () => {
  const page = Array.from(
    { length: 45 },
    (_, at) => `Day ${at}: blood pressure ${110 + at}/80, pulse ${60 + at}, no chest pain.`,
  );
  const daily = Array.from({ length: 200 }, (_, at) => [`PROGRESS NOTE ${at}`, ...page].join("\n")).join("\f");
  const { sentences, told } = await summarized(daily);
  const texts = sentences.map(([, { value }]) => value);
  expect(texts.length).toBeGreaterThan(10);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.join("\n").length).toBeLessThanOrEqual(20_000);
  expect(told?.lines["repeated"]).not.toBe("");
});

/** Notes that hold what is said of doses and findings, and nothing of sport and weather. */
function examples(count: number): readonly LabelledExample[] {
  const drugs = ["lisinopril", "metformin", "prednisone", "albuterol", "naproxen"];
  const parts = ["knee", "shoulder", "ankle", "back", "wrist"];
  return Array.from({ length: count }, (_, at): LabelledExample => {
    const [drug, part] = [drugs[at % 5] ?? "", parts[(at * 3) % 5] ?? ""];
    const dose = 10 * (1 + (at % 7));
    const said = [
      "[doctor] hello , did you see the game on sunday ?",
      "[patient] yes , it was a great game and the weather was lovely .",
      `[patient] my ${part} has been hurting for ${2 + (at % 5)} days .`,
      `[doctor] there is swelling of your ${part} .`,
      `[doctor] i will start you on ${drug} ${dose} milligrams daily .`,
      "[patient] my neighbour has a nice dog and a garden .",
    ];
    const note = `ASSESSMENT\nThe ${part} has been hurting for ${2 + (at % 5)} days. There is swelling of the ${part}.\nPLAN\nStart ${drug} ${dose} milligrams daily.`;
    return { id: `v${at}`, text: textOf(said.join("\n")), source: `s${at}`, truth: { note } };
  });
}

const learning = {
  model: scriptedModel({}),
  settings: {},
  signal: new AbortController().signal,
  progress: () => {},
  without: new Set<string>(),
} satisfies LearnContext;

test("notes teach what belongs in a summary, answered by weights that had not seen them", async () => {
  const lesson = await summarize().learn?.(examples(24), learning);
  const rows = lesson?.outOfFold ?? [];
  expect(new Set(rows.map(({ example }) => example)).size).toBe(24);
  expect(rows.filter(({ right }) => right).length / rows.length).toBeGreaterThan(0.9);
  const { sentences } = await summarized(visit, { model: lesson?.model ?? null, accepts: () => null });
  expect(sentences.every(([, { confidence }]) => confidence !== null && confidence > 0 && confidence < 1)).toBe(true);
});

test("the same notes give the same lesson", async () => {
  const twice = [await summarize().learn?.(examples(12), learning), await summarize().learn?.(examples(12), learning)];
  expect(JSON.stringify(twice[0])).toBe(JSON.stringify(twice[1]));
});

test("a certificate accepts sentences of the confidence it covers", async () => {
  const lesson = await summarize().learn?.(examples(24), learning);
  const certificate = { path: sentencePath, risk: 0.05 } as never;
  const accepts = (path: string, confidence: number) =>
    path === sentencePath && confidence > 0.5 ? certificate : null;
  const { sentences } = await summarized(visit, { model: lesson?.model ?? null, accepts });
  for (const [, { status, confidence }] of sentences) {
    expect(status).toBe((confidence ?? 0) > 0.5 ? "accepted" : "review");
  }
});

const writing = (answer: (document: string) => string) =>
  scriptedModel({ write: ({ document }) => ({ sentence: answer(document) }) });

async function written(answer: (document: string) => string) {
  const told: { readonly refused: number }[] = [];
  const context = {
    model: writing(answer),
    text: async () => textOf(visit),
    learned: async () => null,
    tell: (_type: string, data: unknown) => void told.push(data as (typeof told)[number]),
    count: () => {},
    without: new Set(),
    signal: new AbortController().signal,
  } as Partial<StepContext> as StepContext;
  const { draft } = (await summarize({ write: "always" }).run(pages, context)) as unknown as { draft: DraftData };
  const sentences = Object.entries(draft.decisions).filter(([path]) => path.includes(".sentences."));
  return { sentences: sentences.map(([, decision]) => decision), refused: told[0]?.refused };
}

test("a sentence the model writes takes the place of the record's own words where its lines say all of it", async () => {
  const { sentences, refused } = await written((document) => document.replace("Patient: ", "The patient "));
  expect(refused).toBe(0);
  expect(sentences.every(({ by }) => by === "slm")).toBe(true);
});

test("what the model adds, drops or turns round is refused and counted, and the record's own words stay", async () => {
  const { sentences: own } = await summarized(visit);
  const inventions = [
    (document: string) => document.replace("40", "80"),
    (document: string) => document.replace(/ prednisone.*/, "."),
    (document: string) => document.replace("right", "left"),
  ];
  for (const invent of inventions) {
    const { sentences, refused } = await written(invent);
    expect(refused).toBe(1);
    expect(sentences.map(({ value }) => value)).toEqual(own.map(([, { value }]) => value));
  }
});

test("writing is earned only where the model's sentences come nearer to people's notes", async () => {
  const learn = summarize({ write: "earned" }).learn;
  const copies = { ...learning, model: writing((document) => document) };
  const lesson = await learn?.(examples(20), copies);
  expect(lesson?.model).toMatchObject({ writes: false });
  expect(lesson?.figures[sentencePath]).toMatchObject({ "written.share": 1 });
  const better = { ...learning, model: writing((document) => document.replace("Patient: ", "The ")) };
  expect((await learn?.(examples(20), better))?.model).toMatchObject({ writes: true });
});

test("too few notes teach nothing, and say so", async () => {
  const lesson = await summarize().learn?.(examples(3), learning);
  expect(lesson).toMatchObject({ model: null, outOfFold: [] });
  expect(lesson?.problems[0]?.message).toContain("at least 10");
});
