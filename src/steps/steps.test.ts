import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Decision, type DraftData, type Json, emptyDraft, money } from "../core/index.ts";
import type { Draft, Final, StepContext } from "../ports/index.ts";
import { appendCsvRow } from "./deliver/csv.ts";
import { type Delivery, deliver, folder } from "./deliver/index.ts";
import { read } from "./read.ts";
import { validate } from "./validate.ts";

const Invoice = z.object({
  net: money(),
  total: money().nullable(),
  seller: z.object({ name: z.string() }),
  lines: z.array(z.object({ amount: money() })),
});

const decided = (value: Json): Decision => ({
  value,
  confidence: null,
  status: "accepted",
  by: "human",
  source: [],
  alternatives: [],
  evidence: {},
});

const draftOf = (values: Record<string, Json>): DraftData => ({
  ...emptyDraft,
  decisions: Object.fromEntries(
    Object.entries(values).map(([path, value]) => [path, { ...decided(value), by: "learned" }]),
  ),
});

const document = { sha256: "ab", name: "a.pdf", bytes: 10 };
const reading = { sha256: "cd", pages: 1, characters: 9, complete: true, skipped: [] };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "weir-steps-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const context = (change: Partial<StepContext> = {}): StepContext =>
  ({
    run: { id: "01RUN", itemId: "a" },
    workflow: { name: "invoice", version: 1 },
    schema: Invoice,
    folder: dir,
    signal: new AbortController().signal,
    answers: {},
    ...change,
  }) as StepContext;

describe("a rule", () => {
  const equal = validate<typeof Invoice, "net" | "total">("equal", ["net", "total"], ({ net, total }, doubt) => {
    if (!net.eq(total)) doubt(`net ${net} is not ${total}`);
  });
  const check = async (values: Record<string, Json>) => {
    const state: Draft<typeof Invoice> = { document, reading, stage: "draft", draft: draftOf(values) };
    return (await equal.run(state, context())).draft;
  };

  test("doubts every path it names, in its own words", async () => {
    const draft = await check({ net: "1.00", total: "2.00" });
    expect(draft.doubts).toEqual([
      { code: "rule.equal", paths: ["net", "total"], message: "net 1.00 is not 2.00", step: "equal" },
    ]);
    expect(draft.decisions["net"]?.status).toBe("review");
  });

  test("does not run while a path is absent or not of its form", async () => {
    expect((await check({ net: "1.00", total: null })).doubts).toEqual([]);
    expect((await check({ net: "1.00" })).doubts).toEqual([]);
    expect((await check({ net: "one", total: "2.00" })).doubts).toEqual([]);
  });

  test("takes its doubt back when it holds again", () => {
    const doubted = {
      ...draftOf({ net: "2.00", total: "2.00" }),
      doubts: [{ code: "rule.equal", paths: ["net"], message: "", step: "equal" }],
    };
    expect(equal.recheck?.(doubted, Invoice).doubts).toEqual([]);
  });

  test("over an array falls on every leaf of it", async () => {
    const sum = validate<typeof Invoice, "lines">("lines", ["lines"], (_, doubt) => doubt("no"));
    const state: Draft<typeof Invoice> = {
      document,
      reading,
      stage: "draft",
      draft: draftOf({ "lines.0.amount": "1.00", "lines.1.amount": "2.00" }),
    };
    const { draft } = await sum.run(state, context());
    expect(draft.doubts[0]?.paths).toEqual(["lines.0.amount", "lines.1.amount"]);
  });
});

describe("delivery to a folder", () => {
  const state: Final<typeof Invoice> = {
    document,
    reading,
    stage: "final",
    draft: { ...emptyDraft, decisions: { net: decided("-1.00"), "seller.name": decided('=cmd("x"), Ltd') } },
  };

  test("writes a JSON file a document and one CSV, and doing it again changes nothing", async () => {
    const step = deliver<typeof Invoice>(folder("outbox"));
    await step.run(state, context());
    await step.run(state, context());
    expect(await readdir(join(dir, "outbox"))).toEqual(["01RUN.json", "invoice-v1.csv"]);
    const csv = await readFile(join(dir, "outbox", "invoice-v1.csv"), "utf8");
    expect(csv).toBe(`run,id,document,net,total,seller.name\n01RUN,a,a.pdf,-1.00,,"'=cmd(""x""), Ltd"\n`);
    const json = JSON.parse(await readFile(join(dir, "outbox", "01RUN.json"), "utf8"));
    expect(json).toMatchObject({ run: "01RUN", output: { net: "-1.00" } });
  });

  test("more forms of a document stand beside its JSON", async () => {
    const forms = { md: ({ output }: Delivery) => `net ${String(output["net"])}\n` };
    await deliver<typeof Invoice>(folder("forms", { forms })).run(state, context());
    expect(await readFile(join(dir, "forms", "01RUN.md"), "utf8")).toBe("net -1.00\n");
  });

  test("a folder that cannot be written is a delivery that is tried again", async () => {
    await writeFile(join(dir, "file"), "");
    await expect(deliver<typeof Invoice>(folder("file/outbox")).run(state, context())).rejects.toMatchObject({
      code: "delivery.failed",
      next: "retry",
    });
  });

  test("a row cut off by a crash is replaced, other columns are refused", async () => {
    const path = join(dir, "x.csv");
    const row = { run: "R2", id: "2", document: "d", output: {} };
    await writeFile(path, "run,id,document\nR1,1,d\nR2,");
    await appendCsvRow(path, ["run", "id", "document"], row);
    expect(await readFile(path, "utf8")).toBe("run,id,document\nR1,1,d\nR2,2,d\n");
    await expect(appendCsvRow(path, ["run", "id"], row)).rejects.toThrow("other columns");
  });

  test("many runs at once lose no row", async () => {
    const path = join(dir, "many.csv");
    const rows = Array.from({ length: 20 }, (_, index) => ({ run: `R${index}`, id: "i", document: "d", output: {} }));
    await Promise.all(rows.map((row) => appendCsvRow(path, ["run", "id", "document"], row)));
    expect((await readFile(path, "utf8")).trim().split("\n")).toHaveLength(21);
  });
});

test("a document over the byte limit is refused before it is loaded", async () => {
  const step = read({ bytesMax: 5 });
  await expect(step.run({ document }, context())).rejects.toMatchObject({ code: "document.too-large" });
});
