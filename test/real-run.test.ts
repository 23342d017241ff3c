import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readConfig } from "../src/config.ts";
import { type Result, resultSchema } from "../src/core/index.ts";
import { folderBlobs } from "../src/stores/blobs.ts";
import { systemClock } from "../src/stores/clock.ts";
import { openSqlite } from "../src/stores/sqlite/open.ts";

/** The real thing: `weir run` as a process, over PDF files, with the default models. */

vi.setConfig({ testTimeout: 600_000 });

const root = join(import.meta.dirname, "..");
const documents = join(root, "fixtures", "invoices", "documents");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-real-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(args: readonly string[]): { readonly child: ChildProcess; readonly stdout: Promise<string> } {
  const { cacheDir } = readConfig();
  const child = spawn(process.execPath, [join(root, "bin", "weir.mjs"), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], WEIR_CACHE: cacheDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (some: string) => (text += some));
  return { child, stdout: once(child, "close").then(() => text) };
}

async function results(args: readonly string[]): Promise<readonly Result[]> {
  const stdout = await start(args).stdout;
  const lines = stdout.trim().split("\n");
  return lines.map((line) => resultSchema.parse(JSON.parse(line)));
}

/** A number in 0..1 that is the same in every run of the test. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test("killed at 20 random moments, weir run ends with every result once and no finished step done twice", async () => {
  const names = ["en-1", "de-1", "fr-1", "nl-1", "receipt-1", "right-sum", "wrong-sum"];
  const args = ["run", "invoice", ...names.map((name) => join(documents, `${name}.pdf`)), "--json"];
  const random = randoms(7);
  let kills = 0;
  for (; kills < 20; kills++) {
    const { child, stdout } = start(args);
    await Promise.race([stdout, systemClock.sleep(200 + random() * 2_500)]);
    child.kill("SIGKILL");
    await stdout;
  }
  const last = await results(args);
  expect(last.map(({ id }) => id)).toEqual(names.map((name) => `${name}.pdf`));
  for (const { status } of last) expect(["succeeded", "review"]).toContain(status);

  const { store } = await openSqlite({ folder: join(folder, ".weir"), clock: systemClock });
  try {
    const { runs } = await store.runs.list({ limit: 200 });
    expect(runs.map(({ id }) => id).toSorted()).toEqual(last.map(({ run }) => run).toSorted());
    for (const run of runs) {
      const events = await store.events.list(run.id);
      const done = events.filter(({ type }) => type === "step.done").map(({ data }) => String(data["step"]));
      expect([...new Set(done)]).toEqual(done);
      const begun = events.filter(({ type }) => type === "step.started").length;
      expect(begun - done.length).toBeLessThanOrEqual(kills);
      expect(await folderBlobs(join(folder, ".weir", "blobs")).has(run.document.sha256)).toBe(true);
    }
  } finally {
    await store.close();
  }
});

test("the invoice workflow finds the doubt in an invoice that does not add up, and every value it names is on the page", async () => {
  const [right, wrong] = await results([
    "run",
    "invoice",
    join(documents, "right-sum.pdf"),
    join(documents, "wrong-sum.pdf"),
    "--json",
  ]);
  expect(right?.decisions["total"]).toMatchObject({ value: "357.00", status: "accepted", by: "rule" });
  expect(wrong?.status).toBe("review");
  expect(wrong?.decisions["total"]).toMatchObject({ value: "375.00", status: "review" });
  expect(wrong?.doubts.map(({ message }) => message)).toContain("net 300.00 plus tax 57.00 is not the total 375.00");
  for (const { decisions } of [right, wrong].flatMap((result) => result ?? [])) {
    const groundless = Object.entries(decisions).filter(
      ([, { value, source }]) => value !== null && source.length === 0,
    );
    expect(groundless).toEqual([]);
  }
});

test("a workflow that decodes under a grammar answers in its schema's form, and what is not on the page is doubted", async () => {
  const workflow = join(root, "fixtures", "workflows", "till-receipt.ts");
  const [result] = await results(["run", workflow, join(documents, "receipt-1.pdf"), "--json"]);
  expect(result?.status).toBe("review");
  const decisions = Object.entries(result?.decisions ?? {});
  expect(decisions.map(([path, { by, status }]) => `${path} ${by} ${status}`)).toEqual([
    "shop slm review",
    "date slm review",
    "total slm review",
  ]);
  const doubted = new Set(
    result?.doubts.filter(({ code }) => code === "value.not-on-page").flatMap(({ paths }) => paths),
  );
  const groundless = decisions.filter(
    ([path, { value, source }]) => value !== null && source.length === 0 && !doubted.has(path),
  );
  expect(groundless).toEqual([]);
});
