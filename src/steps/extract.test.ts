import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type DocumentText, money, openDoubts } from "../core/index.ts";
import type { Draft, Pages, StepContext } from "../ports/index.ts";
import { readText } from "../document/flow/text.ts";
import { type ModelScript, type ScriptedModel, scriptedModel } from "../testing/scripted-model.ts";
import { type ExtractOptions, extract } from "./extract.ts";

const Bill = z.object({
  number: z.string().describe("invoice number"),
  issuedOn: z.iso.date().describe("invoice date"),
  dueOn: z.iso.date().nullable().describe("due date"),
  net: money().describe("net amount"),
  tax: money().describe("VAT"),
  total: money().describe("total"),
});

const bill = `Northwind Paper Ltd
Invoice number: NP-2041
Invoice date: 14 March 2026

Copy paper A4        10    30.00    300.00

Net amount                        300.00
VAT 19%                            57.00
Total                    EUR      357.00
`;

const textOf = (text: string) => readText(new TextEncoder().encode(text), 10);

/** Every text has a direction of its own: no label means anything. */
function unrelated(): (text: string) => readonly number[] {
  const seen = new Map<string, number>();
  return (text) => {
    const at = seen.get(text) ?? seen.size;
    seen.set(text, at);
    return Array.from({ length: 64 }, (_zero, axis) => Number(axis === at));
  };
}

async function extracted<S extends z.ZodObject>(
  schema: S,
  text: DocumentText,
  {
    script = {},
    options = {},
    complete = true,
    without = [],
  }: { script?: ModelScript; options?: ExtractOptions; complete?: boolean; without?: readonly string[] } = {},
) {
  const model: ScriptedModel = scriptedModel({ embed: unrelated(), ...script });
  const counted: number[] = [];
  const context = {
    model,
    learned: async () => null,
    without: new Set(without),
    text: async () => text,
    count: ({ prompt }) => counted.push(prompt),
    signal: new AbortController().signal,
  } as Partial<StepContext> as StepContext;
  const skipped = complete ? [] : [{ page: 2, reason: "page.no-text" }];
  const pages: Pages = {
    document: { sha256: "ab", name: "bill.txt", bytes: 1 },
    reading: { sha256: "cd", pages: 1, characters: 1, complete, skipped },
  };
  const state = (await extract(schema, options).run(pages, context)) as Draft<S>;
  return { draft: state.draft, decisions: state.draft.decisions, calls: model.calls, counted };
}

describe("pointing", () => {
  const noPreference: ModelScript = { score: ({ options }) => options.map(() => -1) };

  test("every value stands on the page where its source says", async () => {
    const { decisions } = await extracted(Bill, textOf(bill), { script: noPreference });
    expect(decisions["number"]).toMatchObject({ value: "NP-2041", source: [{ page: 1, line: 2, text: "NP-2041" }] });
    expect(decisions["issuedOn"]).toMatchObject({ value: "2026-03-14", source: [{ text: "14 March 2026" }] });
    expect(decisions["total"]).toMatchObject({ value: "357.00", source: [{ text: "357.00" }] });
  });

  test("what hard evidence confirms is accepted by rule, everything else waits with its best answer", async () => {
    const { decisions } = await extracted(Bill, textOf(bill), { script: noPreference });
    for (const path of ["net", "tax", "total"])
      expect(decisions[path]).toMatchObject({ status: "accepted", by: "rule" });
    expect(decisions["number"]).toMatchObject({ status: "review", confidence: null });
  });

  test("an absent optional value holds nothing back", async () => {
    const { draft, decisions } = await extracted(Bill, textOf(bill), { script: noPreference });
    expect(decisions["dueOn"]?.value).toBeNull();
    expect(openDoubts(draft).flatMap((doubt) => doubt.paths)).not.toContain("dueOn");
  });

  /** A ranker without any opinion. */
  const undecided: ExtractOptions = {
    ranker: {
      schema: "weir.ranker/1",
      learned: { from: "nothing", on: "2026-01-01", documents: 0 },
      paths: {},
      types: {},
    },
  };

  test("the model is asked only where the ranker is unsure, about values on the page, and breaks the tie", async () => {
    const Code = z.object({ code: z.string().meta({ weir: "identifier" }).describe("parcel code") });
    const { decisions, calls, counted } = await extracted(Code, textOf("AB-1201\nAB-1202\n"), {
      options: undecided,
      script: { score: ({ options }) => options.map((option) => (option.includes("1202") ? -0.1 : -9)) },
    });
    const scored = calls.filter(({ kind }) => kind === "score");
    expect(scored).toHaveLength(1);
    expect(counted).toHaveLength(1);
    expect(scored[0]).toMatchObject({ request: { lead: expect.stringContaining("parcel code") } });
    expect(decisions["code"]).toMatchObject({ value: "AB-1202", by: "slm", status: "review" });
  });

  test("where no lexicon knows the labels, the encoder says which one means the field", async () => {
    const Parcel = z.object({ code: z.string().meta({ weir: "identifier" }).describe("parcel code") });
    const { decisions, calls } = await extracted(Parcel, textOf("Zwibbel: AB-1201\nFrobnicator: AB-1202\n"), {
      options: undecided,
      script: {
        ...noPreference,
        embed: (text) => (text.includes("Frobnicator") || text === "parcel code" ? [1, 0] : [0, 1]),
      },
    });
    expect(calls[0]).toMatchObject({ kind: "embed" });
    expect(decisions["code"]).toMatchObject({ value: "AB-1202", by: "learned", evidence: { "encoder.fit": 1 } });
  });

  test("a document without any candidate is a missing value, not an error", async () => {
    const { draft } = await extracted(Bill, textOf("hello\n"), { script: noPreference });
    expect(openDoubts(draft).map((doubt) => doubt.code)).toContain("value.missing");
  });

  test("a document that was not read whole is doubted on every path", async () => {
    const { draft } = await extracted(Bill, textOf(bill), { script: noPreference, complete: false });
    const doubt = draft.doubts.find(({ code }) => code === "read.incomplete");
    expect(doubt?.message).toContain("page 2 (page.no-text)");
    expect(doubt?.paths).toEqual(expect.arrayContaining(["number", "total"]));
    expect(draft.decisions["total"]?.status).toBe("review");
  });
});

describe("writing under a grammar", () => {
  const Receipt = z.object({ company: z.string(), paid: money(), note: z.string().nullable() });
  const options: ExtractOptions = { decode: "grammar" };

  test("written values are looked for on the page; one that is not there is a doubt", async () => {
    const { draft, decisions } = await extracted(Receipt, textOf("NORTHWIND   Paper\nPaid 12,50 EUR\n"), {
      options,
      script: { write: () => ({ company: "Northwind Paper", paid: "12.50", note: "thanks" }) },
    });
    expect(decisions["company"]).toMatchObject({ by: "slm", status: "review", source: [{ line: 1 }] });
    expect(decisions["paid"]).toMatchObject({ value: "12.50", source: [{ line: 2, text: "12,50" }] });
    expect(draft.doubts).toMatchObject([{ code: "value.not-on-page", paths: ["note"] }]);
  });

  test("a value of the wrong form is no value", async () => {
    const { decisions } = await extracted(Receipt, textOf("Northwind\n"), {
      options,
      script: { write: () => ({ company: "Northwind", paid: "a lot", note: null }) },
    });
    expect(decisions["paid"]?.value).toBeNull();
  });

  test("a document longer than the model's context is doubted, never cut in silence", async () => {
    const long = textOf(Array.from({ length: 2_000 }, (_row, at) => `row ${at} with some words`).join("\n"));
    const { draft } = await extracted(Receipt, long, {
      options,
      script: { write: () => ({ company: "row 1", paid: "1.00", note: null }), contextWords: 100_000 },
    });
    expect(draft.doubts.map(({ code }) => code)).toContain("read.cut");
  });
});

describe("a schema of every kind", () => {
  const Claim = z.object({
    form: z.literal("claim"),
    number: z.string().meta({ weir: "identifier" }).describe("claim number"),
    reportedOn: z.iso.date().describe("date of the report"),
    insured: z.object({ city: z.string().nullable().describe("city") }),
    cause: z.string().describe("cause"),
    peril: z.enum(["fire", "burst_pipe"]).describe("peril"),
    injured: z.boolean().describe("somebody was hurt"),
    things: z.array(z.object({ article: z.string(), count: z.int() })),
    photos: z.array(z.object({ file: z.string(), takenOn: z.iso.date() })),
    story: z.string().meta({ weir: "prose" }).describe("what happened"),
    contact: z.union([z.object({ phone: z.string() }), z.object({ mail: z.string() })]),
  });
  const notice = `Claim number: HC-20931
Date of the report: 4 May 2026
The upstairs tenant left a tap running and water came through the ceiling.
Nobody was hurt.
Article          Count
Oak bookcase     1
Carpet           2
Write to anna@mail.example
`;
  const script: ModelScript = {
    score: ({ options }) => options.map((option) => (["no", "burst pipe"].includes(option) ? -0.1 : -3)),
    quote: ({ question }) => (question.includes("cause") ? ["a tap running", "water"] : []),
    write: ({ schema }) =>
      schema === null
        ? "The tenant left a tap running. Three people died."
        : { contact: { mail: "anna@mail.example" } },
  };

  test("is decided path by path, each by its strategy, with evidence and its place on the page", async () => {
    const { decisions } = await extracted(Claim, textOf(notice), { script });
    expect(Object.keys(decisions)).toEqual([
      "form",
      "number",
      "reportedOn",
      "insured.city",
      "cause",
      "peril",
      "injured",
      "things.0.article",
      "things.0.count",
      "things.1.article",
      "things.1.count",
      "photos",
      "story",
      "contact.mail",
    ]);
    expect(decisions["form"]).toMatchObject({ value: "claim", by: "rule", status: "accepted" });
    expect(decisions["number"]).toMatchObject({ value: "HC-20931", source: [{ line: 1 }] });
    expect(decisions["cause"]).toMatchObject({
      value: "a tap running",
      by: "slm",
      status: "review",
      source: [{ line: 3, text: "a tap running" }],
      alternatives: [{ value: "water" }, { value: expect.stringMatching(/^The upstairs tenant left/) }],
      evidence: { "slm.margin": expect.any(Number) },
    });
    expect(decisions["peril"]).toMatchObject({ value: "burst_pipe", by: "slm", status: "review" });
    expect(decisions["injured"]).toMatchObject({ value: false, by: "slm", status: "review" });
    expect(decisions["things.1.count"]).toMatchObject({ value: 2, source: [{ line: 7, text: "2" }] });
    expect(decisions["contact.mail"]).toMatchObject({ value: "anna@mail.example", source: [{ line: 8 }] });
  });

  test("has no sentence that its lines do not say, and no rows that are not there", async () => {
    const { draft, decisions } = await extracted(Claim, textOf(notice), { script });
    expect(decisions["story"]).toMatchObject({ value: "The tenant left a tap running.", source: [{ line: 3 }] });
    expect(decisions["photos"]).toMatchObject({ value: [], status: "review" });
    expect(draft.doubts).toMatchObject([{ code: "list.empty", paths: ["photos"] }]);
  });

  test("an answer that the model does not end, or that has not the form, is none", async () => {
    const { decisions } = await extracted(Claim, textOf(notice), {
      script: { ...script, write: () => "x".repeat(4_000) },
    });
    expect(decisions["story"]?.value).toBeNull();
    expect(decisions["contact"]?.value).toBeNull();
  });

  test("without the model what is not on the page is missing, and nothing else", async () => {
    const { decisions, calls } = await extracted(Claim, textOf(notice), { without: ["slm", "encoder"] });
    expect(calls).toEqual([]);
    expect(decisions["peril"]).toMatchObject({ value: null, status: "review" });
    expect(decisions["number"]?.value).toBe("HC-20931");
  });
});

describe("a document longer than one window", () => {
  const Report = z.object({ finding: z.string().describe("finding"), open: z.boolean().describe("the case is open") });
  const filler = Array.from({ length: 400 }, (_row, at) => `Paragraph ${at} is about nothing in particular.`);
  const options: ExtractOptions = { window: { tokens: 300, overlap: 60, most: 99 } };
  const script: ModelScript = {
    quote: ({ passages }) => (passages.some((one) => one.includes("rusty valve")) ? ["a rusty valve"] : []),
    score: ({ document, options: said }) =>
      said.map((one) => (document.includes("closed") === (one === "no") ? -0.1 : -0.5)),
    contextWords: 400,
  };

  test("is asked window by window, and what stands at its end is found", async () => {
    const text = textOf([...filler, "In the end a rusty valve was found."].join("\n"));
    const { decisions, calls } = await extracted(Report, text, { script, options });
    expect(decisions["finding"]).toMatchObject({ value: "a rusty valve", source: [{ line: 401 }] });
    const shown = calls.flatMap((call) => (call.kind === "quote" ? [call.request.document] : []));
    expect(shown.length).toBeGreaterThan(10);
    for (const line of filler) expect(shown.some((document) => document.includes(line))).toBe(true);
  });

  test("says what goes over the end of a window in the next one", async () => {
    for (let before = 0; before < 40; before++) {
      const lines = [...filler.slice(0, before), "In the end they found", "a rusty valve.", ...filler.slice(0, 30)];
      const { decisions } = await extracted(Report, textOf(lines.join("\n")), {
        script: {
          ...script,
          quote: ({ passages }) =>
            passages.some((one) => one.includes("found a rusty valve")) ? ["found a rusty valve"] : [],
        },
        options,
      });
      expect(decisions["finding"]).toMatchObject({
        value: "found a rusty valve",
        source: [{ text: "found" }, { text: "a rusty valve" }],
      });
    }
  });

  test("has the surest of the answers of its windows", async () => {
    const text = textOf([...filler.slice(0, 60), "The case was closed.", ...filler.slice(0, 60)].join("\n"));
    const sure: ModelScript = {
      ...script,
      score: ({ document, options: said }) =>
        said.map((one) =>
          one === (document.includes("closed") ? "no" : "yes") ? (document.includes("closed") ? -0.1 : -0.6) : -2,
        ),
    };
    const { decisions } = await extracted(Report, text, { script: sure, options });
    expect(decisions["open"]?.value).toBe(false);
  });

  test("that has more windows than may be asked is read from both ends, and doubted", async () => {
    const text = textOf([...filler, "In the end a rusty valve was found."].join("\n"));
    const { draft, decisions, calls } = await extracted(Report, text, {
      script,
      options: { window: { tokens: 300, overlap: 60, most: 3 } },
    });
    expect(calls.filter(({ kind }) => kind === "quote")).toHaveLength(3);
    expect(decisions["finding"]?.value).toBe("a rusty valve");
    expect(draft.doubts).toMatchObject([{ code: "read.cut", paths: ["finding", "open"] }]);
    expect(draft.doubts[0]?.message).toMatch(/3 of its \d+ windows/);
  });

  test.each([
    ["a page without a line", { ...textOf("x"), pages: [{ page: 1, size: null, lines: [] }] }],
    ["one line of a million characters", textOf("x7 word ".repeat(125_000))],
    [
      "bytes that are no text",
      readText(
        Uint8Array.from({ length: 4_000 }, (_zero, at) => 128 + ((at * 37) % 128)),
        10,
      ),
    ],
  ])("made of %s has no values, and takes no more than its windows", async (_what, text) => {
    const { draft, decisions, calls } = await extracted(Report, text, {
      script: { quote: () => [], score: ({ options: said }) => said.map(() => -1), contextWords: 5_000 },
    });
    expect(decisions["finding"]).toMatchObject({ value: null, status: "review" });
    expect(openDoubts(draft).flatMap(({ paths }) => paths)).toContain("finding");
    expect(calls.filter(({ kind }) => kind === "quote").length).toBeLessThanOrEqual(24);
  });

  test("is an error where a window does not fit the model, never a shorter text", async () => {
    const asked = extracted(Report, textOf(filler.join("\n")), {
      script,
      options: { window: { tokens: 90_000, overlap: 0 } },
    });
    await expect(asked).rejects.toMatchObject({ code: "model.context-overflow" });
  });

  test("a window that goes nowhere is refused when the workflow loads", () => {
    for (const window of [
      { tokens: 100, overlap: 100 },
      { tokens: 0, overlap: 0 },
      { tokens: 500, overlap: -1 },
    ]) {
      expect(() => extract(Report, { window })).toThrow(/window/);
    }
  });
});

test("a schema that no reader can decide is refused when the workflow loads, naming the paths", () => {
  const odd = z.object({
    when: z.date(),
    rows: z.array(z.object({ cells: z.array(z.bigint()) })),
    either: z.union([z.string(), z.map(z.string(), z.string())]),
  });
  expect(() => extract(odd)).toThrow(/"when" \(date\), "rows\.\*\.cells\.\*" \(bigint\), "either" \(union\)/);
});
