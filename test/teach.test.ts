import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** Teaching as its users meet it: real processes, a workflow outside the clone with a step that can learn, no models. */

vi.setConfig({ testTimeout: 90_000 });

const root = join(import.meta.dirname, "..");
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-teach-"));
  await writeFile(
    join(folder, "slip.ts"),
    `import { read, review, workflow } from "weir";
     import { wordStep } from ${JSON.stringify(join(root, "test", "support", "word-step.ts"))};
     export default workflow("slip", { version: 1, risk: 0.05 }).step(read()).step(wordStep()).step(review() as never);`,
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function weir(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, "bin", "weir.mjs"), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (some: string) => (text.stdout += some));
  child.stderr.setEncoding("utf8").on("data", (some: string) => (text.stderr += some));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...text };
}

const parsed = ({ stdout }: { readonly stdout: string }) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Slips whose total stands after a word. */
async function slips(name: string, from: number, count: number, word = "Sum"): Promise<string> {
  const items = Array.from({ length: count }, (_, at) => {
    const total = `${from + at}.00`;
    return {
      id: `s${from + at}`,
      text: `Shop ${from + at}\n${word} ${total}\nCash 500.00`,
      truth: { total, note: null },
    };
  });
  await writeFile(join(folder, name), items.map((item) => JSON.stringify(item)).join("\n"));
  return name;
}

test("what is taught is used by every run from then on, named in its result, and scored by eval", async () => {
  const told = await weir("teach", "slip.ts", await slips("labelled.jsonl", 0, 80), "--json", "--audit", "0");
  expect(told.code).toBe(0);
  expect(parsed(told)[0]).toMatchObject({
    schema: "weir.teach/1",
    profile: "default@1",
    replaced: true,
    examples: 80,
    paths: { total: { n: 80, exact: 1, new: { labels: 80, accepted: 1, missing: 0 } } },
    problems: [],
  });
  const unseen = await slips("unseen.jsonl", 200, 3);
  const results = parsed(await weir("run", "slip.ts", unseen, "--json"));
  expect(results.map(({ profile, status, output }) => [profile, status, output.total])).toEqual([
    ["default@1", "succeeded", "200.00"],
    ["default@1", "succeeded", "201.00"],
    ["default@1", "succeeded", "202.00"],
  ]);
  const scored = parsed(await weir("eval", "slip.ts", unseen, "--json", "--curves", "curves"))[0];
  expect(scored).toMatchObject({
    profile: "default@1",
    risk: 0.05,
    fields: { total: { n: 3, exact: 1, coverage: 1, risk: 0 } },
    documents: { untouched: 1, decoderWoken: 0, cloudCalls: 0 },
    baselines: { "accept always": { n: 6 } },
  });
  expect(await readdir(join(folder, "curves"))).toContain("total.calibration.svg");

  const seen = await weir("eval", "slip.ts", "labelled.jsonl");
  expect(seen.stderr).toContain("80 of 80 documents were learned from by default@1");

  const without = parsed(await weir("run", "slip.ts", unseen, "--json", "--profile", "none"));
  expect(without.map(({ profile, status }) => [profile, status])).toEqual(without.map(() => [null, "review"]));
  const unknown = await weir("run", "slip.ts", unseen, "--profile", "typo");
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("(profile.unknown)")]);
});

test("what people decide in reviews is learned, and stats counts down to a promise", async () => {
  await slips("few.jsonl", 0, 4);
  const waiting = parsed(await weir("run", "slip.ts", "few.jsonl", "--json"));
  for (const { run, id } of waiting) {
    await weir("review", run, "--set", `total=${id.slice(1)}.00`, "--accept", "note", "--json");
  }
  const before = await weir("stats");
  expect(before.stderr).toContain("total: 4 of 59 checked before 5 %, 149 for 2 %");
  const told = await weir("teach", "slip.ts", "--from-reviews");
  expect(told.code).toBe(0);
  expect(told.stderr).toContain("default@1 is in use: the first of its name");
  expect(told.stderr).toContain("total, all senders as they come: about 55 more labels at the error seen so far");
  const examples = await readFile(join(folder, ".weir/profiles/slip/default/1/examples.jsonl"), "utf8");
  expect(
    examples
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).from),
  ).toEqual(Array(4).fill("review"));
  expect((await weir("stats")).stderr).toContain("total, new senders: 4 of about 59 labels before it can be promised");
});

test("labels nothing can be learned from are wrong use: reasons are said and nothing is written", async () => {
  await writeFile(join(folder, "bad.jsonl"), '{"id":"a","text":"Sum 1.00","truth":{"totl":"1.00"}}');
  const told = await weir("teach", "slip.ts", "bad.jsonl");
  expect(told.code).toBe(2);
  expect(told.stderr).toContain("a, totl: the workflow has no such field");
  expect(existsSync(join(folder, ".weir", "profiles"))).toBe(false);
  const none = await weir("teach", "slip.ts");
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("name a file of labelled items")]);
});

test("a damaged profile stops a run before anything is begun, with what to do", async () => {
  await weir("teach", "slip.ts", await slips("labelled.jsonl", 0, 20));
  await appendFile(join(folder, ".weir/profiles/slip/default/1/certificates.json"), " ");
  const unseen = await slips("unseen.jsonl", 200, 1);
  const refused = await weir("run", "slip.ts", unseen);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/certificates\.json is not what was written.*\(profile\.damaged\)\n.*--profile none/);
  expect((await weir("run", "slip.ts", unseen, "--profile", "none", "--json")).code).toBe(0);
});
