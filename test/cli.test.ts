import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Result, resultSchema } from "../src/core/index.ts";
import { linesWorkflow } from "./support/lines-workflow.ts";

/** The command line as its users meet it: real processes, a real data folder, workflows outside the clone, no models. */

// Each call starts a process or two.
vi.setConfig({ testTimeout: 60_000 });

const root = join(import.meta.dirname, "..");
const launcher = join(root, "bin", "weir.mjs");

const workflows = {
  "lines.ts": linesWorkflow,
  // Writes down what it does; its second step waits until a file lets it go on.
  "steps.ts": `
    import { appendFileSync, existsSync } from "node:fs";
    import { dirname, join } from "node:path";
    import { read, workflow } from "weir";
    const here = import.meta.dirname;
    const log = (text: string) => appendFileSync(join(here, "log.txt"), text + "\\n");
    export default workflow("steps", { version: 1 })
      .step(read())
      .step("first", (state) => { log("first"); return state; })
      .step("second", async (state, { clock, signal }) => {
        log("second begins");
        while (!existsSync(join(here, "go"))) await clock.sleep(20, signal);
        log("second ends");
        return state;
      })
      .step("third", (state) => { log("third"); return state; });
  `,
  "broken.ts": "export default 1 +;\n",
};

let shared = "";
let folder = "";

beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), "weir-cli-"));
  for (const [name, text] of Object.entries(workflows)) await writeFile(join(shared, name), text);
});
afterAll(() => rm(shared, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-cli-"));
  for (const [name, lines] of Object.entries({ "few.txt": "a\nb\n", "many.txt": "a\nb\nc\n" })) {
    await writeFile(join(folder, name), lines);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (some: string) => (text.stdout += some));
  child.stderr?.setEncoding("utf8").on("data", (some: string) => (text.stderr += some));
  const ended = new Promise<Outcome>((resolve) => {
    child.on("close", (code) => resolve({ code, ...text }));
  });
  return { child, ended };
}

async function weir(...args: readonly string[]): Promise<Outcome> {
  const { child, ended } = start(args);
  child.stdin?.end();
  return await ended;
}

const results = ({ stdout }: Outcome): readonly Result[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => resultSchema.parse(JSON.parse(line)));

const lines = () => join(shared, "lines.ts");

test("results come in input order on standard output and nothing else does; a missing file fails alone", async () => {
  await mkdir(join(folder, "in"));
  await writeFile(join(folder, "in", "x.txt"), "1");
  await writeFile(join(folder, "items.jsonl"), '{"id":"inline","text":"1\\n2"}\n{"id":"gone","path":"gone.txt"}');
  const done = await weir("run", lines(), "many.txt", "items.jsonl", "in", "few.txt", "--json");
  const all = results(done);
  expect(all.map(({ id, status }) => [id, status])).toEqual([
    ["many.txt", "review"],
    ["inline", "succeeded"],
    ["gone", "failed"],
    ["x.txt", "succeeded"],
    ["few.txt", "succeeded"],
  ]);
  expect(all.find(({ id }) => id === "gone")?.error?.code).toBe("document.missing");
  expect(done.code).toBe(1);
  expect((await stat(join(folder, ".weir"))).mode & 0o777).toBe(0o700);
});

test("waiting for review is no failure, and people's text stays off a standard output that is no terminal", async () => {
  const done = await weir("run", lines(), "many.txt");
  expect(done).toMatchObject({ code: 0, stdout: "" });
  expect(done.stderr).toContain("needs you");
  expect(done.stderr).toMatch(/weir review 01[0-9A-Z]{24}/);
});

test("called again it goes on and does nothing twice; --fresh does", async () => {
  const [first, second, fresh] = [
    await weir("run", lines(), "few.txt", "--json"),
    await weir("run", lines(), "few.txt", "--json"),
    await weir("run", lines(), "few.txt", "--json", "--fresh"),
  ].map((done) => results(done)[0]?.run);
  expect(second).toBe(first);
  expect(fresh).not.toBe(first);
});

test("rerun does a run again from one of its steps on, as a new run", async () => {
  const [first] = results(await weir("run", lines(), "few.txt", "--json"));
  const again = await weir("rerun", first?.run ?? "", "--from", "count", "--json");
  const [second] = results(again);
  expect(second).toMatchObject({ id: "few.txt", status: "succeeded", output: { count: "2" } });
  expect(second?.run).not.toBe(first?.run);
  const never = await weir("rerun", first?.run ?? "", "--from", "nothing");
  expect([never.code, never.stderr]).toEqual([2, expect.stringContaining('never came to step "nothing"')]);
});

test("wrong use exits 2 with one line and its mend, before any work", async () => {
  await writeFile(join(folder, "bad.jsonl"), '{"id":"a","text":"x"}\n{"id":"b"}');
  await writeFile(join(folder, "twice.jsonl"), '{"id":"a","text":"x"}\n{"id":"a","text":"y"}');
  const wrong: [readonly string[], string][] = [
    [["run", lines(), "bad.jsonl"], "bad.jsonl, line 2"],
    [["run", lines(), "twice.jsonl"], "(input.duplicate-id)"],
    [["run", lines(), "few.txt", "--set", "routes"], "(input.bad-setting)"],
    [["run", "no-such-workflow", "few.txt"], "(workflow.unknown)"],
    [["run", lines(), "few.txt", "--profile", "mine"], "(profile.unknown)"],
    [["run", join(shared, "broken.ts"), "few.txt"], "broken.ts:1:"],
    [["run", lines()], "missing required argument"],
    [["frobnicate"], "unknown command"],
    [["run", lines(), "few.txt", "--frobnicate"], "unknown option"],
  ];
  const all = await Promise.all(wrong.map(async ([args]) => await weir(...args)));
  for (const [at, [, message]] of wrong.entries()) {
    const done = all[at];
    expect(done).toMatchObject({ code: 2, stdout: "" });
    expect(done?.stderr).toContain(message);
    expect(done?.stderr).not.toMatch(/\n\s+at /);
  }
  expect(existsSync(join(folder, ".weir"))).toBe(false);
});

test("a person corrects or accepts values, and the run goes on to its end", async () => {
  const [waiting] = results(await weir("run", lines(), "many.txt", "--json"));
  const run = waiting?.run ?? "";
  expect((await weir("review")).stderr).toContain(run);
  const page = await weir("review", run);
  expect(page.stderr).toContain("count is likely but not proven");

  const refused = await weir("review", run, "--set", "count=three");
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain("(review.invalid)");

  const [done] = results(await weir("review", run, "--set", "count=4", "--set", "copies=2", "--json"));
  expect(done).toMatchObject({ status: "succeeded", output: { count: "4", copies: 2 } });
  expect(done?.decisions["count"]).toMatchObject({ by: "human", status: "accepted" });
  expect((await weir("review")).stderr).toContain("Nothing waits for you");
  expect((await weir("review", run, "--accept-all")).code).toBe(2);
});

test("runs are listed, shown and cancelled", async () => {
  const [few, many] = results(await weir("run", lines(), "few.txt", "many.txt", "--json"));
  expect(results(await weir("ls", "--json")).map(({ run }) => run)).toEqual([many?.run, few?.run]);
  expect(results(await weir("ls", "--json", "--status", "review")).map(({ run }) => run)).toEqual([many?.run]);
  expect(results(await weir("show", few?.run ?? "", "--json"))).toEqual([few]);
  expect(await weir("show", "01ABC")).toMatchObject({ code: 2, stdout: "" });
  expect((await weir("show", few?.run ?? "", "--html", "page.html")).stderr).toContain("page.html");
  expect(await readFile(join(folder, "page.html"), "utf8")).toMatch(/^<!doctype html>[^]*few\.txt/i);
  expect(results(await weir("cancel", many?.run ?? "", "--json"))[0]?.status).toBe("cancelled");
  expect(results(await weir("retry", many?.run ?? "", "--json"))[0]?.status).toBe("review");
});

test("eval scores labelled items by the same run", async () => {
  const items = [
    { id: "a", text: "1\n2", truth: { count: "2" } },
    { id: "b", text: "1\n2\n3", truth: { count: "3" } },
    { id: "c", text: "1", truth: { count: "7" } },
    { id: "unlabelled", text: "1" },
  ];
  await writeFile(join(folder, "labelled.jsonl"), items.map((item) => JSON.stringify(item)).join("\n"));
  const done = await weir("eval", lines(), "labelled.jsonl", "--json");
  expect(JSON.parse(done.stdout)).toMatchObject({
    schema: "weir.eval/1",
    documents: { n: 3 },
    fields: { count: { n: 3, exact: 2 / 3, coverage: 2 / 3, risk: 0.5 } },
  });
});

test("a document comes from standard input", async () => {
  const { child, ended } = start(["run", lines(), "-", "--json"]);
  child.stdin?.end("one\ntwo\n");
  expect(results(await ended)).toMatchObject([{ id: "stdin", status: "succeeded", output: { count: "2" } }]);
});

test("Ctrl-C exits 130 and loses nothing: the next call does no finished step again", async () => {
  const log = join(shared, "log.txt");
  const written = async () => await readFile(log, "utf8").catch(() => "");
  const { child, ended } = start(["run", join(shared, "steps.ts"), "few.txt", "--json"]);
  child.stdin?.end();
  await expect.poll(written, { timeout: 15_000 }).toContain("second begins");
  child.kill("SIGINT");
  child.kill("SIGINT");
  const stopped = await ended;
  expect(stopped).toMatchObject({ code: 130, stdout: "" });
  expect(stopped.stderr).toContain("goes on where it stopped");

  await writeFile(join(shared, "go"), "");
  expect(results(await weir("run", join(shared, "steps.ts"), "few.txt", "--json"))[0]?.status).toBe("succeeded");
  expect((await written()).split("\n").filter((line) => line === "first" || line === "third")).toEqual([
    "first",
    "third",
  ]);
});

test("weir start serves until Ctrl-C: what is enqueued and what is dropped is read, and its results rest beside it", async () => {
  const inbox = join(folder, "inbox");
  const { child, ended } = start(["start", "--port", "0", "--inbox", "inbox", "--json"]);
  child.stdin?.end();
  const written: string[] = [];
  child.stdout?.on("data", (some: string) => written.push(some));
  await expect.poll(() => written.join(""), { timeout: 30_000 }).toContain("\n");
  const told = JSON.parse(written.join("")) as { url: string; inbox: string };
  expect(told.inbox).toBe(inbox);

  await writeFile(join(folder, "empty.txt"), "");
  const sent = await weir("enqueue", "invoice", "empty.txt", "gone.txt", "--url", told.url, "--json");
  expect(sent.code).toBe(1);
  expect(sent.stdout).toContain("document.empty");
  expect(sent.stdout).toContain("document.missing");

  // Bytes that are no document: it fails at reading, without a model.
  await writeFile(join(inbox, "invoice", "odd.txt"), Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]));
  const failed = join(inbox, "invoice", "failed", "odd.txt.error.json");
  await expect.poll(() => existsSync(failed), { timeout: 30_000 }).toBe(true);
  expect(JSON.parse(await readFile(failed, "utf8"))).toMatchObject({ code: "document.unsupported" });

  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 130 });
  expect((await weir("enqueue", "invoice", "few.txt", "--url", told.url)).stderr).toContain("(server.unreachable)");
});

test("each command has help that names its options", async () => {
  const main = await weir("--help");
  expect(main.code).toBe(0);
  const commands = [
    "run",
    "show",
    "ls",
    "review",
    "retry",
    "cancel",
    "eval",
    "doctor",
    "start",
    "api",
    "worker",
    "inbox",
  ];
  const helps = await Promise.all(commands.map(async (command) => await weir(command, "--help")));
  for (const [at, help] of helps.entries()) {
    expect(main.stdout).toContain(`  ${commands[at]} `);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("--data");
  }
});

test("stats counts what the runs came to", async () => {
  await weir("run", lines(), "few.txt", "many.txt", "--json");
  const counted = await weir("stats", "--workflow", "lines", "--json");
  expect(JSON.parse(counted.stdout)).toMatchObject({
    schema: "weir.stats/1",
    runs: { review: 1, succeeded: 1 },
    queue: { due: 0, oldestQueuedMs: null },
    workflows: [
      {
        name: "lines",
        documents: { n: 2, accepted: 1, waiting: 1 },
        paths: { count: { n: 2, accepted: 1, waiting: 1 }, copies: { n: 2, empty: 2 } },
        tokens: { sent: { prompt: 0, completion: 0, bytes: 0 } },
      },
    ],
  });
  expect((await weir("stats")).stderr).toMatch(/count +2 +50\.0 %/);
});

test("bash completes with the printed script: commands and the workflows that come along", async () => {
  const { code, stdout } = await weir("completion", "bash");
  expect(code).toBe(0);
  await writeFile(join(folder, "weir.bash"), stdout);
  const ask = `source weir.bash; COMP_WORDS=(weir run inv); COMP_CWORD=2; _weir; echo "\${COMPREPLY[@]}"`;
  expect(execFileSync("bash", ["--norc", "-c", ask], { cwd: folder, encoding: "utf8" })).toBe("invoice\n");
  expect((await weir("completion", "tcsh")).code).toBe(2);
});

test("colours go where they are forced to and nowhere else", async () => {
  const firstLine = async (env: Readonly<Record<string, string>>) => {
    const { child, ended } = start(["show", "01ABC"], env);
    child.stdin?.end();
    return (await ended).stderr.split("\n").find((line) => line.includes("There is no run"));
  };
  expect(await firstLine({})).toBe("There is no run 01ABC (run.unknown)");
  expect(await firstLine({ FORCE_COLOR: "1" })).toContain("\u001b[31m");
  expect(await firstLine({ FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain("\u001b");
});
