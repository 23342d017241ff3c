import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Result, resultSchema } from "../src/core/index.ts";
import { type Outcome, startWeir, weirIn } from "./support/command.ts";
import { linesWorkflow } from "./support/lines-workflow.ts";

/** Dead letters and retention, as an operator meets them: real processes on a data folder, no models. */

vi.setConfig({ testTimeout: 240_000 });

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-upkeep-"));
  await writeFile(join(folder, "lines.ts"), linesWorkflow);
  await writeFile(join(folder, "few.txt"), "a\nb\n");
  await writeFile(join(folder, "many.txt"), "a\nb\nc\n");
});
afterEach(async () => await rm(folder, { recursive: true, force: true, maxRetries: 10 }));

const weir = async (...args: readonly string[]) => await weirIn(folder, args);

const results = ({ stdout }: Outcome): readonly Result[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => resultSchema.parse(JSON.parse(line)));

test("all that failed for a reason are tried again at once, or left to a service", async () => {
  await writeFile(join(folder, "empty.txt"), " ");
  await writeFile(join(folder, "blank.txt"), "");
  const ran = results(await weir("run", "./lines.ts", "empty.txt", "blank.txt", "few.txt", "--json"));
  expect(ran.map(({ status }) => status)).toEqual(["failed", "failed", "succeeded"]);
  const failed = results(await weir("ls", "--status", "failed", "--code", "document.empty", "--json"));
  const ids = failed.map(({ run }) => run).toSorted();
  expect(ids.length).toBeGreaterThan(0);
  expect(await weir("retry", "--failed", "--code", "delivery.failed", "--json")).toMatchObject({ code: 0, stdout: "" });
  const again = await weir("retry", "--failed", "--code", "document.empty", "--json");
  expect([
    again.code,
    results(again)
      .map(({ run }) => run)
      .toSorted(),
  ]).toEqual([1, ids]);
  const left = await weir("retry", "--failed", "--workflow", "lines", "--queue", "--json");
  expect([left.code, left.stdout.trim().split("\n").length]).toEqual([0, 2]);
  expect(results(await weir("ls", "--status", "queued", "--json"))).toHaveLength(2);
  expect((await weir("retry")).code).toBe(2);
  expect((await weir("retry", "01ABC", "--failed")).code).toBe(2);
});

test("prune drops what old runs no longer need and says how much; their results stay", async () => {
  const [few] = results(await weir("run", "./lines.ts", "few.txt", "--json"));
  const nothing = await weir("prune", "--older-than", "1d", "--json");
  expect(JSON.parse(nothing.stdout)).toEqual({
    schema: "weir.prune/1",
    runs: 0,
    journalBytes: 0,
    blobs: 0,
    blobBytes: 0,
  });
  const pruned = await weir("prune", "--older-than", "0s", "--vacuum", "--json");
  expect(JSON.parse(pruned.stdout)).toMatchObject({ runs: 1 });
  expect(results(await weir("show", few?.run ?? "", "--json"))).toEqual([few]);
  expect((await weir("show", few?.run ?? "", "--html", "page.html")).code).toBe(0);
  expect((await weir("rerun", few?.run ?? "", "--from", "count")).stderr).toContain("(run.pruned)");
  expect((await weir("audit", "verify", "--json")).code).toBe(0);
  expect((await weir("prune")).code).toBe(2);
  expect((await weir("prune", "--older-than", "old")).code).toBe(2);
});

test("a worker prunes by itself what is older than WEIR_RETENTION says", async () => {
  const [few, many] = results(await weir("run", "./lines.ts", "few.txt", "many.txt", "--json"));
  const { child, ended } = startWeir(folder, ["worker"], { WEIR_RETENTION: "0s" });
  // There is no such step: asking changes nothing, whenever the worker comes to prune.
  const asked = async (run = "") => (await weir("rerun", run, "--from", "none")).stderr;
  await vi.waitFor(async () => expect(await asked(few?.run)).toContain("(run.pruned)"), 40_000);
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  // What waits for a person is not over.
  expect(await asked(many?.run)).not.toContain("(run.pruned)");
});
