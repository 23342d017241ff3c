import { expect, test } from "vitest";
import { mergeSummaries, partsOf } from "./index.ts";
import type { Sentence, Summary } from "./summarize.ts";

const sentence = (text: string, line: number, worth = 1): Sentence => ({
  text,
  title: "Course",
  pieces: [{ line, start: 0, end: text.length }],
  worth,
  chance: 0.5,
  confidence: null,
  support: 1,
  alignment: 1,
});

const part = (from: number, sentences: readonly Sentence[]) => {
  const coverage = sentences.map(() => "used" as const);
  return { from, summary: { sentences, coverage, dropped: [] } satisfies Summary };
};

test("every line of a long record is in one part, cut at headings where there are some", () => {
  const lines = Array.from({ length: 3_000 }, (_, at) => ({
    text: at % 100 === 0 ? `PROGRESS NOTE ${at}` : `Day ${at}: no change since yesterday.`,
  }));
  const parts = partsOf(lines);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.flatMap((one) => one.lines)).toEqual(lines);
  for (const { from, lines: own } of parts) {
    expect(own[0]).toBe(lines[from]);
    expect(own[0]?.text).toContain("PROGRESS NOTE");
  }
});

test("what parts say twice is said once, with the lines of the first", () => {
  const merged = mergeSummaries([
    part(0, [sentence("Takes lisinopril 20 mg every day in the morning.", 0)]),
    part(1, [sentence("Takes lisinopril 20 mg every day in the morning.", 0), sentence("Denies chest pain.", 1)]),
  ]);
  expect(merged.sentences.map(({ text, pieces }) => [text, pieces[0]?.line])).toEqual([
    ["Takes lisinopril 20 mg every day in the morning.", 0],
    ["Denies chest pain.", 2],
  ]);
  expect(merged.coverage).toEqual(["used", "repeated", "used"]);
});

test("another number, side or denial makes it another statement", () => {
  const texts = [
    "Takes lisinopril 20 mg every day in the morning.",
    "Takes lisinopril 40 mg every day in the morning.",
    "There is swelling and some pain of the left knee.",
    "There is swelling and some pain of the right knee.",
    "There is no swelling and some pain of the right knee.",
  ];
  const merged = mergeSummaries(texts.map((text, at) => part(at, [sentence(text, 0)])));
  expect(merged.sentences.map(({ text }) => text)).toEqual(texts);
});

test("with less room, what is worth most stays, in the order of the record", () => {
  const merged = mergeSummaries(
    [part(0, [sentence("One thing.", 0, 1), sentence("Two thing.", 1, 3)]), part(2, [sentence("Three so.", 0, 2)])],
    22,
  );
  expect(merged.sentences.map(({ text }) => text)).toEqual(["Two thing.", "Three so."]);
  expect(merged.coverage).toEqual(["no room", "used", "used"]);
});
