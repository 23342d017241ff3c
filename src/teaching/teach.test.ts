import { mkdtempSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { wordStep } from "../../test/support/word-step.ts";
import { type Json, WeirError } from "../core/index.ts";
import { createReader } from "../document/index.ts";
import type { WorkflowDefinition } from "../engine/definition.ts";
import { workflow } from "../engine/flow.ts";
import type { ProfileExample, StepHost } from "../ports/index.ts";
import { folderProfiles } from "../profiles/index.ts";
import { read } from "../steps/read.ts";
import { folderBlobs } from "../stores/blobs.ts";
import { manualClock, scriptedModel } from "../testing/index.ts";
import { sha256Of } from "./reading.ts";
import { type TeachRequest, teach } from "./teach.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "weir-teach-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const slip = (shape?: string) =>
  workflow("slip", { version: 1, risk: 0.05 }).step(read()).step(wordStep(shape)).definition;

/** The same workflow in a Weir that cannot read what this one learned. */
function forgetful(): WorkflowDefinition {
  const step = wordStep();
  const run: typeof step.run = async (state, context) => {
    if (await context.learned(await context.text(state))) throw new WeirError("profile.damaged", "in an old form");
    return await step.run(state, context);
  };
  return workflow("slip", { version: 1, risk: 0.05 })
    .step(read())
    .step({ ...step, run }).definition;
}

type Label = readonly [id: string, text: string, truth: Readonly<Record<string, Json>>];

/** Slips whose total stands after a word; the other number is there to be mistaken. */
const slips = (count: number, word = "Sum", from = 0): Label[] =>
  Array.from({ length: count }, (_, at) => {
    const total = `${from + at}.00`;
    return [`s${from + at}`, `Shop ${from + at}\n${word} ${total}\nCash 500.00\n`, { total, note: null }];
  });

function setUp(definition: WorkflowDefinition = slip(), engineBuild = "test") {
  const profiles = folderProfiles(path.join(folder, "profiles"));
  const base = {
    reader: createReader(),
    model: scriptedModel(),
    blobs: folderBlobs(path.join(folder, "blobs")),
    clock: manualClock(),
  };
  // Whatever else steps may use, these do not.
  const host = base as unknown as StepHost;
  const request = (labels: readonly Label[], overrides: Partial<TeachRequest> = {}): TeachRequest => {
    const bytes = new Map(labels.map(([, text]) => [sha256Of(encoded(text)), encoded(text)]));
    const given = labels.map(([id, text, truth]): ProfileExample => {
      const document = { sha256: sha256Of(encoded(text)), name: `${id}.txt`, bytes: encoded(text).byteLength };
      return { id, document, truth, from: "file" };
    });
    return {
      definition,
      name: "default",
      given,
      problems: [],
      bytes,
      only: false,
      force: false,
      risk: 0.05,
      promise: "certified",
      audit: 0.01,
      settings: {},
      signal: new AbortController().signal,
      progress: () => {},
      ...overrides,
    };
  };
  const run = async (labels: readonly Label[], overrides: Partial<TeachRequest> = {}) =>
    await teach(request(labels, overrides), { host, profiles, engineBuild });
  return { profiles, host, run };
}

const encoded = (text: string) => new TextEncoder().encode(text);

test("what was learned is kept with its examples, and promises what the labels allow", async () => {
  const { profiles, host, run } = setUp();
  const report = await run(slips(80));
  expect(report).toMatchObject({ profile: "default@1", before: null, verdict: "first", replaced: true, examples: 80 });
  expect(report.problems).toEqual([]);
  const profile = await profiles.load("slip", "default@1");
  expect(profile).toMatchObject({
    risk: 0.05,
    promise: "certified",
    steps: { extract: { total: "Sum" } },
    learned: { examples: 80, engine: "test", models: {} },
  });
  const certificate = (risk: number) =>
    profile.certificates.find(
      (one) => one.path === "total" && one.population === "new" && one.promise === "certified" && one.risk === risk,
    );
  expect(certificate(0.05)).toMatchObject({ labels: 80, accepted: 80, wrong: 0, missing: 0 });
  // 299 labels without an error are needed for 1 %.
  expect(certificate(0.01)).toMatchObject({ threshold: null, bound: null, missing: 219 });
  const examples = await profiles.examples("slip", "default@1");
  expect(examples.map(({ id, from }) => [id, from])).toContainEqual(["s7", "file"]);
  for (const { document } of examples) expect(await host.blobs.has(document.sha256)).toBe(true);
});

test("the same labels give the same profile, byte for byte", async () => {
  const { profiles, run } = setUp();
  await run(slips(30));
  await run(slips(30), { name: "again" });
  const [one, two] = [await profiles.load("slip", "default@1"), await profiles.load("slip", "again@1")];
  expect({ ...two, name: "default" }).toEqual(one);
});

test("new labels are added to those learned before, and win over them", async () => {
  const { profiles, run } = setUp();
  await run(slips(20));
  const [first, ...others] = slips(20);
  const corrected: Label = [first?.[0] ?? "", first?.[1] ?? "", { total: "500.00" }];
  const report = await run([corrected, ...slips(5, "Sum", 100)]);
  expect(report).toMatchObject({ before: "default@1", replaced: true, examples: 25 });
  const examples = await profiles.examples("slip", report.profile);
  expect(examples.find(({ id }) => id === "s0")?.truth).toEqual({ total: "500.00", note: null });
  expect(examples.find(({ id }) => id === "s1")?.truth).toEqual(others[0]?.[2]);
  const alone = await run(slips(30, "Sum", 200), { only: true });
  expect(alone.examples).toBe(30);
});

test("a profile is replaced only where it answers labels that neither has seen at least as well", async () => {
  const { profiles, run } = setUp();
  await run(slips(40));
  // Mostly another word: what is learned from these alone answers them, the profile in use does not.
  const better = await run(slips(40, "Amount", 100), { only: true });
  expect(better).toMatchObject({ verdict: "better", comparison: { documents: 40 } });
  expect(better.comparison?.after).toBeGreaterThan(better.comparison?.before ?? 0);
  // Nothing to learn from: every value stands after a word of its own.
  const odd = slips(6, "Amount", 200).map(([id, text, truth], at): Label => [
    id,
    text.replace("Shop", `Shop${at}`),
    truth,
  ]);
  const mixed = odd.map(([id, text, truth]): Label => [id, text, { ...truth, note: id }]);
  const worse = await run(mixed, { only: true });
  expect(worse.verdict).toBe("as-good");
  const lost = slips(1, "Amount", 300);
  expect(await run(lost, { only: true })).toMatchObject({ verdict: "worse", replaced: false, profile: worse.profile });
  expect(await run(lost, { only: true, force: true })).toMatchObject({ verdict: "forced", replaced: true });
  expect((await profiles.load("slip", "default@1")).steps).toEqual({ extract: { total: "Sum", note: null } });
});

test("labels that were learned already change nothing; turning the dial does", async () => {
  const { profiles, run } = setUp();
  await run(slips(20));
  expect(await run(slips(20))).toMatchObject({ verdict: "unchanged", replaced: false, profile: "default@1" });
  expect(await run([], { risk: 0.1 })).toMatchObject({ verdict: "relabelled", profile: "default@2" });
  expect(await run(slips(10), { only: true })).toMatchObject({ verdict: "fewer", replaced: false });
  expect(await profiles.current("slip", "default")).toBe("default@2");
});

test("another build of Weir learns the same labels anew, and does without what it cannot read", async () => {
  const { run } = setUp();
  await run(slips(20));
  const other = setUp(undefined, "test-2");
  expect(await other.run(slips(20))).toMatchObject({ verdict: "renewed", profile: "default@2" });
  const strange = await setUp(forgetful(), "test-3").run(slips(5, "Sum", 100));
  expect(strange).toMatchObject({ comparison: null, replaced: true, profile: "default@3" });
});

test("a workflow with other fields or steps learns anew from the examples it has", async () => {
  const before = setUp();
  await before.run(slips(20));
  const after = setUp(slip("v2"));
  expect(await after.run([])).toMatchObject({ verdict: "other-fields", profile: "default@2", examples: 20 });
});

test("what is wrong with labels is listed with the reason, and the rest is learned", async () => {
  const { run } = setUp();
  const { problems, examples } = await run([
    ...slips(20),
    ["s0 again", "Shop 0\nSum 0.00\nCash 500.00\n", { total: "500.00" }],
    ["typo", "Shop x\nSum 7.00\n", { totl: "7.00", total: "7.00" }],
    ["form", "Shop y\nSum 8.00\n", { total: "8,00" }],
    ["empty", "", { total: "1.00" }],
  ]);
  expect(problems).toEqual([
    { example: "s0", path: "total", message: 'the same document is labelled "0.00" (s0) and "500.00" (s0 again)' },
    { example: "typo", path: "totl", message: "the workflow has no such field" },
    { example: "form", path: "total", message: 'must be text in the form the workflow asks for, not "8,00"' },
    { example: "empty", path: null, message: expect.stringContaining("document.empty") },
  ]);
  expect(examples).toBe(22);
});

test("where nothing can be learned the profile in use stays, and the reasons are said", async () => {
  const { profiles, run } = setUp();
  await run(slips(20));
  const wrong: Label[] = [["a", "Sum 1.00", { totl: "1.00" }]];
  const failed = run(wrong, { only: true });
  await expect(failed).rejects.toMatchObject({
    code: "teach.nothing",
    message: expect.stringContaining("a, totl: the workflow has no such field"),
  });
  await expect(run([], { name: "other" })).rejects.toMatchObject({ code: "teach.nothing" });
  expect(await profiles.list()).toEqual([{ workflow: "slip", ref: "default@1" }]);
});

test("a damaged profile is neither used nor written over", async () => {
  const { run } = setUp();
  await run(slips(20));
  await appendFile(path.join(folder, "profiles", "slip", "default", "1", "steps", "extract.json"), " ");
  const other = setUp();
  await expect(other.run(slips(30))).rejects.toMatchObject({ code: "profile.damaged" });
  expect(await other.run(slips(30), { name: "other" })).toMatchObject({ profile: "other@1" });
});
