import { describe, expect, test } from "vitest";
import { scriptedModel } from "../testing/scripted-model.ts";
import { estimateTokens, fitDocument } from "./fit.ts";
import { checkedObject } from "./grammar.ts";
import { choose, chooseRole } from "./choose.ts";
import { point } from "./point.ts";
import { quote } from "./quote.ts";
import { windowsOf } from "./windows.ts";
import { readingsOf } from "./readings.ts";

describe("pointing", () => {
  test("ranks candidates and says by how much the best one leads", async () => {
    const model = scriptedModel({ score: () => [-3, -1, -2], allowedMass: 0.25 });
    const { readings } = await point(model, { document: "d", label: "total", options: ["a", "b", "c"] });
    expect(readings.map((reading) => reading.rank)).toEqual([3, 1, 2]);
    expect(readings.reduce((sum, reading) => sum + reading.probability, 0)).toBeCloseTo(1);
    const [, best, second] = readings;
    expect(best?.margin).toBeCloseTo((best?.probability ?? 0) - (second?.probability ?? 0));
    expect(second?.margin).toBeCloseTo(-(best?.margin ?? 0));
    expect(best?.allowedMass).toBe(0.25);
  });

  test("asks with the field's words and begins the answer", async () => {
    const model = scriptedModel({ score: () => [-1] });
    await point(model, { document: "d", label: "invoice number", options: ["7"] });
    expect(model.calls[0]).toMatchObject({
      request: { question: "What does the document say?", lead: "The invoice number is" },
    });
  });

  test("scores the same text once and answers for each place it stands", async () => {
    const model = scriptedModel({ score: ({ options }) => options.map(() => -1) });
    const { readings } = await point(model, { document: "d", label: "x", options: ["a", "b", "a"] });
    expect(model.calls).toMatchObject([{ request: { options: ["a", "b"] } }]);
    expect(readings.map((reading) => reading.option)).toEqual(["a", "b", "a"]);
    expect(readings[2]).toEqual(readings[0]);
  });

  test("does not wake the model without candidates", async () => {
    expect((await point(scriptedModel(), { document: "d", label: "x", options: [] })).readings).toEqual([]);
  });

  test("takes absence for one of the candidates where the document may not state it", async () => {
    const model = scriptedModel({ score: ({ options }) => options.map((_, at) => -3 + at) });
    const request = { document: "d", label: "due date", options: ["1 May", "2 May"], absent: true };
    const { readings, absence } = await point(model, request);
    expect(readings.map(({ rank }) => rank)).toEqual([3, 2]);
    expect(absence?.rank).toBe(1);
    expect((await point(model, { ...request, absent: false })).absence).toBeNull();
  });

  test("of an only candidate is sure of nothing but the lack of others", () => {
    expect(readingsOf(["a"], [{ meanLogProb: -9, logProb: -9, tokens: 1, allowedMass: 0.001 }])).toEqual([
      { option: "a", logProb: -9, meanLogProb: -9, probability: 1, margin: 1, allowedMass: 0.001, rank: 1 },
    ]);
  });
});

describe("choosing", () => {
  test("scores every value as the answer", async () => {
    const model = scriptedModel({ score: () => [-4, -2], allowedMass: 0.3 });
    const { readings } = await choose(model, { document: "d", label: "kind", values: ["bill", "letter"] });
    expect(model.calls[0]).toMatchObject({ request: { lead: "The kind is" } });
    expect(readings).toMatchObject([
      { option: "bill", logProb: -4, rank: 2, allowedMass: 0.3 },
      { option: "letter", logProb: -2, rank: 1 },
    ]);
  });

  test("takes off what would be said without the document", async () => {
    const model = scriptedModel({ score: ({ document }) => (document === "" ? [-5, -1] : [-4, -2]) });
    const { readings } = await choose(model, { document: "d", label: "kind", values: ["bill", "letter"], prior: true });
    expect(readings.map(({ rank, meanLogProb }) => [rank, meanLogProb])).toEqual([
      [1, -4],
      [2, -2],
    ]);
  });

  test("asks of a text on the page which field it is", async () => {
    const model = scriptedModel({ score: () => [-1, -2] });
    const { readings } = await chooseRole(model, { document: "d", text: "7.90", labels: ["total", "tax"] });
    expect(model.calls[0]).toMatchObject({
      request: { question: 'What is "7.90" in this document?', lead: '"7.90" is the', options: ["total", "tax"] },
    });
    expect(readings[0]?.rank).toBe(1);
  });
});

describe("quoting", () => {
  const passages = ["Company: North & Sons Ltd", "The loaf had a  hair in it."];
  const asked = { document: passages.join("\n"), label: "complaint", passages };

  test("weighs quotes and what stands around them against each other", async () => {
    const model = scriptedModel({
      quote: () => ["a  hair", "Sons"],
      score: ({ options }) => options.map((option) => (option === "North & Sons Ltd" ? -0.1 : -2)),
    });
    const around = ({ passage }: { passage: number }) => (passage === 0 ? [{ passage, start: 9, end: 25 }] : []);
    const { quotes } = await quote(model, { ...asked, around });
    expect(quotes.map(({ text, reading }) => [text, reading.rank])).toEqual([
      ["a hair", 2],
      ["Sons", 2],
      ["North & Sons Ltd", 1],
    ]);
    expect(quotes.at(-1)).toMatchObject({ passage: 0, start: 9, end: 25 });
  });

  test("takes absence for an answer where the document may not state it, also against every quote", async () => {
    const model = scriptedModel({
      quote: () => ["hair"],
      score: ({ options }) => options.map((option) => (option.startsWith("not stated") ? -0.1 : -2)),
    });
    const { quotes, absence } = await quote(model, { ...asked, absent: true });
    expect(absence?.rank).toBe(1);
    expect(quotes[0]?.reading.rank).toBe(2);
    expect((await quote(model, asked)).absence).toBeNull();
  });

  test("without a word on the page asks nothing further", async () => {
    const model = scriptedModel({ quote: () => [] });
    expect(await quote(model, asked)).toMatchObject({ quotes: [], absence: null });
    expect(model.calls.map(({ kind }) => kind)).toEqual(["quote"]);
  });
});

describe("windows", () => {
  const lines = Array.from({ length: 60 }, (_zero, at) => `line ${at} ${"word ".repeat(at % 7)}`);

  test("hold every line, and every pair of lines of the overlap whole in one of them", () => {
    for (const tokens of [20, 50, 120, 5_000]) {
      const windows = windowsOf(lines, { tokens, overlap: Math.floor(tokens / 2) });
      const covered = new Set(
        windows.flatMap(({ from, to }) => Array.from({ length: to - from }, (_zero, at) => from + at)),
      );
      expect(covered.size).toBe(lines.length);
      windows.slice(1).forEach(({ from }, at) => expect(from).toBeGreaterThan(windows[at]?.from ?? -1));
      windows.slice(1).forEach(({ from }, at) => expect(from).toBeLessThanOrEqual(windows[at]?.to ?? -1));
    }
    expect(windowsOf(lines, { tokens: 5_000, overlap: 10 })).toEqual([{ from: 0, to: 60 }]);
    expect(windowsOf([], { tokens: 10, overlap: 0 })).toEqual([]);
  });

  test("a line longer than a window is one of its own, never cut", () => {
    const long = ["a", "word ".repeat(500), "b"];
    expect(windowsOf(long, { tokens: 20, overlap: 8 })).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ]);
  });
});

describe("reading a whole object", () => {
  const schema = {
    type: "object",
    properties: {
      total: { type: "string", description: "total amount" },
      seller: { type: "object", properties: { name: { type: "string", description: "who sells" } } },
      lines: { type: "array", items: { type: "object", properties: { amount: { type: "string" } } } },
    },
  } as const;

  test("tells the model what each field means", async () => {
    const model = scriptedModel({ write: () => ({ total: "1" }) });
    const { value } = await checkedObject(model, { document: "d", schema, tokensMax: 50 });
    expect(value).toEqual({ total: "1" });
    const [call] = model.calls;
    const instruction = call?.kind === "write" ? call.request.instruction : "";
    expect(instruction.split("\n").slice(1)).toEqual([
      "- total: total amount",
      "- seller",
      "- seller.name: who sells",
      "- lines",
      "- lines.amount",
    ]);
  });

  test("refuses what is no object", async () => {
    const reading = checkedObject(scriptedModel({ write: () => [1] }), { document: "d", schema, tokensMax: 50 });
    await expect(reading).rejects.toMatchObject({ code: "answer.invalid" });
  });
});

describe("fitting a document", () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line number ${i}`);
  const cost = (kept: readonly number[]) => kept.reduce((sum, index) => sum + estimateTokens(lines[index] ?? ""), 0);

  test("leaves a short one as it is", () => {
    expect(fitDocument(["a", "b"], 100)).toEqual({ text: "a\nb", cut: false, kept: [0, 1] });
    expect(fitDocument([], 100)).toEqual({ text: "", cut: false, kept: [] });
  });

  test("keeps the lines that can hold the answer and those around them, within the budget", () => {
    const { text, cut, kept } = fitDocument(lines, 120, [40, 70]);
    expect(cut).toBe(true);
    expect(kept).toContain(40);
    expect(kept).toContain(70);
    expect(kept).toContain(41);
    expect(kept).not.toContain(0);
    expect(cost(kept)).toBeLessThanOrEqual(120);
    expect(text.startsWith("…\n")).toBe(true);
    expect(text.endsWith("\n…")).toBe(true);
  });

  test("keeps beginning and end where nothing is known about the answer", () => {
    const { kept } = fitDocument(lines, 120);
    expect(kept).toContain(0);
    expect(kept).toContain(99);
    expect(kept).not.toContain(50);
  });

  test("says so when nothing fits", () => {
    expect(fitDocument(["a very long line indeed"], 2)).toEqual({ text: "", cut: true, kept: [] });
  });
});
