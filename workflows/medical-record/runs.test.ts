import fhirPackage from "fhir";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wholeCcda } from "../../fixtures/records/ccda.ts";
import { dischargeLetter, summaryOfCare } from "../../fixtures/records/records.ts";
import { createReader } from "../../src/document/index.ts";
import type { RunRecord } from "../../src/ports/index.ts";
import { folderBlobs } from "../../src/stores/blobs.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { scriptedModel } from "../../src/testing/scripted-model.ts";
import { type EngineUnderTest, testEngine } from "../../test/support/engine.ts";
import record from "./index.ts";

/** The workflow over a real engine, store and reader. */

const folder = mkdtempSync(join(tmpdir(), "weir-record-"));
const reader = createReader();
let kit: EngineUnderTest;
beforeAll(async () => {
  const blobs = folderBlobs(join(folder, "blobs"));
  const unused = {} as never;
  const model = scriptedModel({ embed: (text) => [text.length, 1] });
  const host = { blobs, clock: systemClock, reader, model, web: unused, databases: unused };
  kit = await testEngine({ workflows: [record.definition], folder, options: { host } });
});
afterAll(async () => {
  await kit.close();
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(name: string, text: string, settings: Record<string, string> = {}): Promise<RunRecord> {
  const { run: started } = await kit.engine.submit({
    itemId: name,
    workflow: { definition: record.definition, file: null },
    document: { name, bytes: new TextEncoder().encode(text) },
    settings,
    lane: "test",
    reuse: false,
  });
  return await kit.finish(started.id);
}

const codes = ({ draft }: RunRecord) => [...new Set(draft?.doubts.map(({ code }) => code))];
const valueOf = ({ draft }: RunRecord, path: string) => draft?.decisions[path]?.value;

describe("a record", () => {
  test("waits for a clinician, and is delivered as JSON, Markdown and FHIR once everything was decided", async () => {
    const waiting = await run("letter.txt", dischargeLetter);
    expect(waiting.status).toBe("review");
    const decided = Object.entries(waiting.draft?.decisions ?? {}).filter(([, { value }]) => value !== null);
    const answers = Object.fromEntries(decided.map(([path]) => [path, "accept" as const]));
    await kit.engine.finishReview(waiting.id, 1, answers, "test");
    const done = await kit.finish(waiting.id);
    expect(done).toMatchObject({ status: "succeeded", error: null });
    const files = readdirSync(join(folder, "outbox")).filter((name) => name.startsWith(done.id));
    expect(files.toSorted()).toEqual([`${done.id}.fhir.json`, `${done.id}.json`, `${done.id}.md`]);
    const bundle = JSON.parse(readFileSync(join(folder, "outbox", `${done.id}.fhir.json`), "utf8"));
    expect(bundle).toMatchObject({ resourceType: "Bundle", type: "document" });
    expect(bundle.entry[0].resource).toMatchObject({ resourceType: "Composition", status: "final" });
    const { messages } = new fhirPackage.Fhir().validate(bundle, { errorOnUnexpected: true });
    expect(messages.filter(({ severity }) => severity === "error")).toEqual([]);
    // Sentences of the summary stand beside the lists, each with its lines.
    const told = bundle.entry[0].resource.section.filter((section: { code?: unknown }) => section.code === undefined);
    const { value, source } = waiting.draft?.decisions["summary.0.sentences.0"] ?? {};
    expect(JSON.stringify(told)).toContain(`${String(value)} [p1:${String(source?.[0]?.line)}`);
  });

  test("in C-CDA is read by the reader's process, its data ignored where that is wished", async () => {
    expect((await run("a.xml", wholeCcda)).draft?.decisions["medications.1.name"]).toMatchObject({ by: "embedded" });
    const plain = await run("b.xml", wholeCcda, { embedded: "off" });
    expect(plain.draft?.decisions["medications.1.name"]).toMatchObject({ by: "rule" });
  });
});

describe("bad input has its outcome", () => {
  test("two patients in one record: everything is doubted, the other one is named", async () => {
    const mixed = await run(
      "mixed.txt",
      `${summaryOfCare}\nPatient: Ulrich Sander  Sex: M  DOB: 07/01/1971\n\n## Problems\n- Gout\n`,
    );
    expect(mixed.status).toBe("review");
    const doubt = mixed.draft?.doubts.find(({ code }) => code === "record.two-patients");
    expect(doubt?.message).toContain("Ulrich Sander");
    expect(doubt?.paths).toEqual(expect.arrayContaining(["patient.name", "problems.0.name", "medications.0.dose"]));
  });

  test("the same patient on every page is one", async () => {
    const text = `${summaryOfCare}\nPatient: HOLLOWAY, Maren K.  DOB: 03/17/1958\n`;
    expect(codes(await run("paged.txt", text))).not.toContain("record.two-patients");
  });

  test("facts that contradict each other are both shown", async () => {
    const text =
      "# Problems\n- Asthma, active\n# Past medical history\n- No asthma\n# Medications\n- Warfarin 5 mg daily\n- Warfarin 2 mg daily\n";
    const mixed = await run("contradicting.md", text);
    expect(codes(mixed)).toContain("record.contradicts");
    expect([valueOf(mixed, "problems.0.name"), valueOf(mixed, "pastHistory.0.name")]).toEqual(["Asthma", "asthma"]);
    expect([valueOf(mixed, "problems.0.negated"), valueOf(mixed, "pastHistory.0.negated")]).toEqual([undefined, true]);
    expect([valueOf(mixed, "medications.0.dose"), valueOf(mixed, "medications.1.dose")]).toEqual(["5 mg", "2 mg"]);
  });

  test("no known allergies beside an allergy is a contradiction", async () => {
    const text = "Allergies: NKDA\n\nMedications: none\n\nDrug allergies:\n- Penicillin (hives)\n";
    const mixed = await run("allergies.txt", text);
    const doubt = mixed.draft?.doubts.find(({ code }) => code === "record.contradicts");
    expect(doubt?.paths).toEqual(["stated.allergies", "allergies.0.substance", "allergies.0.reaction"]);
  });

  test("a code that its system cannot have is doubted", async () => {
    const text =
      "# Problems\nProblem | Code System | Code\nGout | SNOMED CT | GOUT-1\nAsthma | SNOMED CT | 195967001\n";
    const read = await run("codes.md", text);
    expect(read.draft?.doubts.filter(({ code }) => code === "record.unknown-code")).toMatchObject([
      { paths: ["problems.0.code"] },
    ]);
  });

  test("broken XML fails by name", async () => {
    const broken = await run("broken.xml", wholeCcda.slice(0, -200));
    expect(broken).toMatchObject({ status: "failed", error: { code: "document.damaged" } });
    expect(broken.error?.message).toContain("The XML is broken");
  });

  test("a document without anything clinical is doubted as such, and never delivered unseen", async () => {
    const other = await run("weather.txt", "The weather was fine.\nWe went for a walk along the river.\n");
    expect(other.status).toBe("review");
    expect(codes(other)).toContain("record.no-clinical-content");
    expect(valueOf(other, "stated.allergies")).toBe("not stated");
  });

  test("an empty file fails by name", async () => {
    expect(await run("empty.txt", " \n\n ")).toMatchObject({ status: "failed", error: { code: "document.empty" } });
  });
});

test("200 pages of visits are one record: facts once, every measurement, every line accounted for", async () => {
  const visits = Array.from({ length: 200 }, (_, at) => {
    const day = new Date(Date.UTC(2015, 0, 1 + at * 7)).toISOString().slice(0, 10);
    return `${summaryOfCare.replaceAll("11/14/2023", day)}\n${"She walked well and had no new complaints.\n".repeat(20)}`;
  });
  const before = process.memoryUsage().heapUsed;
  const long = await run("long.txt", visits.join("\f"));
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(300_000_000);
  expect(long).toMatchObject({ status: "review", reading: { pages: 200, complete: true } });
  const paths = Object.keys(long.draft?.decisions ?? {});
  const count = (pattern: RegExp) => paths.filter((path) => pattern.test(path)).length;
  expect([count(/^problems\.\d+\.name$/), count(/^medications\.\d+\.name$/), count(/^vitals\.\d+\.name$/)]).toEqual([
    3, 2, 400,
  ]);
  expect(long.draft?.decisions["problems.0.name"]?.source.map(({ page }) => page).slice(0, 3)).toEqual([1, 2, 3]);
  expect(codes(long)).not.toContain("record.two-patients");
  // Each visit has twelve rows and items, the head and "none known" besides.
  expect(Number(valueOf(long, "coverage.inFacts"))).toBeGreaterThanOrEqual(200 * 12);
}, 120_000);
