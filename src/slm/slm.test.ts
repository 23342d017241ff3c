import { describe, expect, test } from "vitest";
import { scriptedModel } from "../testing/scripted-model.ts";
import { estimateTokens, fitDocument } from "./fit.ts";
import { readObject } from "./grammar.ts";
import { point, readingsOf } from "./point.ts";

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
      request: { question: "What is the invoice number?", lead: "The invoice number is" },
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

  test("of an only candidate is sure of nothing but the lack of others", () => {
    expect(readingsOf(["a"], [{ meanLogProb: -9, logProb: -9, tokens: 1, allowedMass: 0.001 }])).toEqual([
      { option: "a", meanLogProb: -9, probability: 1, margin: 1, allowedMass: 0.001, rank: 1 },
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
    const { value } = await readObject(model, { document: "d", schema, tokensMax: 50 });
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
    const reading = readObject(scriptedModel({ write: () => [1] }), { document: "d", schema, tokensMax: 50 });
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
