import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { type ClientRequest, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { systemClock } from "../src/stores/clock.ts";
import { openSqlite } from "../src/stores/sqlite/open.ts";
import { isAlive, killAll } from "./support/process-group.ts";

/** How services end, as real processes: SIGTERM once, and again. */

const launcher = join(import.meta.dirname, "..", "bin", "weir.mjs");
const patience = { timeout: 90_000, interval: 50 };

let folder = "";
let running: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-signals-"));
});
afterEach(async () => {
  killAll(running);
  running = [];
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  /** Of the log so far. */
  events(): readonly Readonly<Record<string, unknown>>[];
  readonly log: () => string;
  readonly ended: Promise<number | string>;
}

/** A service that works, in a process group of its own. */
async function started(...args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    detached: true,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      WEIR_CACHE: readConfig().cacheDir,
      WEIR_LOG: "debug,json",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.push(child);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (some: string) => (log += some));
  const ended = once(child, "close").then(([code, signal]) => (signal ?? code) as number | string);
  const events = () =>
    log
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await expect.poll(() => events().map(({ event }) => event), patience).toContain("service.started");
  return { child, events, log: () => log, ended };
}

/** Two steps, of which the first goes on until the file `go` is there. */
const slow = `import { existsSync, writeFileSync } from "node:fs";
import { workflow } from "weir";
export default workflow("slow", { version: 1 })
  .step("wait", async (state, { folder, clock, signal }) => {
    writeFileSync(folder + "/waiting", "");
    while (!existsSync(folder + "/go")) await clock.sleep(20, signal);
    return state;
  })
  .step("after", (state) => state);
`;

/** Documents for the slow workflow. By a process of its own: here its steps would be compiled otherwise, and be others. */
async function submitSlow(count: number): Promise<void> {
  await writeFile(join(folder, "slow.ts"), slow);
  const script = join(import.meta.dirname, "support", "submit-process.ts");
  const child = spawn(process.execPath, [script, folder, "slow.ts", String(count)], { stdio: "inherit" });
  expect((await once(child, "exit"))[0]).toBe(0);
}

async function runs() {
  const { store } = await openSqlite({ folder: join(folder, ".weir"), clock: systemClock });
  const { runs: all } = await store.runs.list({});
  const found = await Promise.all(
    all.map(async ({ id, status }) => ({ status, events: (await store.events.list(id)).map(({ type }) => type) })),
  );
  await store.close();
  return found;
}

const waiting = async () => await expect.poll(() => existsSync(join(folder, "waiting")), patience).toBe(true);
const done = (events: readonly string[]) => events.filter((type) => type === "step.done").length;

test.each([["start", "--port", "0"], ["worker"]])(
  "weir %s ends after the step in progress: it is on record, the next is not begun, nothing else is claimed",
  { timeout: 120_000 },
  async (...args) => {
    await submitSlow(4);
    const service = await started(...args.filter((arg) => typeof arg === "string"));
    await waiting();
    service.child.kill("SIGTERM");
    await expect.poll(() => service.events().map(({ event }) => event), patience).toContain("service.stopping");
    await writeFile(join(folder, "go"), "");
    expect(await service.ended).toBe(130);
    await expect.poll(() => isAlive(service.child), patience).toBe(false);
    const after = await runs();
    expect(after.map(({ status }) => status)).toEqual(["queued", "queued", "queued", "queued"]);
    // Two runs are worked on at a time.
    expect(after.map(({ events }) => done(events)).toSorted()).toEqual([0, 0, 1, 1]);
    expect(service.events().at(-1)).toMatchObject({ event: "service.stopped" });
  },
);

test("a second signal ends at once, and the next start goes on", { timeout: 120_000 }, async () => {
  await submitSlow(1);
  const service = await started("worker");
  await waiting();
  const at = performance.now();
  service.child.kill("SIGTERM");
  // One that comes within a second is taken for the first one, forwarded by a launcher.
  while (isAlive(service.child)) {
    await systemClock.sleep(100);
    service.child.kill("SIGTERM");
  }
  expect(await service.ended).toBe(130);
  // It was not waited for: the step would have had ten seconds.
  expect(performance.now() - at).toBeLessThan(8_000);
  expect((await runs()).map(({ status }) => status)).toEqual(["running"]);
  await writeFile(join(folder, "go"), "");
  const next = await started("worker");
  await expect.poll(async () => (await runs())[0]?.status, patience).toBe("succeeded");
  next.child.kill("SIGTERM");
  expect(await next.ended).toBe(130);
});

test("weir api answers what it has begun to read, takes nothing new, and ends", { timeout: 120_000 }, async () => {
  const service = await started("api", "--port", "0");
  const url = String(service.events().find(({ event }) => event === "service.started")?.["url"]);
  const body = JSON.stringify({ workflow: "invoice", text: "Invoice 1" });
  const post: ClientRequest = request(new URL("/v1/runs", url), {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": body.length },
  });
  const answered = once(post, "response");
  post.write(body.slice(0, 10));
  // Whoever asks later is answered first: the server has the beginning of the post by then.
  expect((await fetch(new URL("/healthz", url))).status).toBe(200);
  service.child.kill("SIGTERM");
  await expect.poll(() => service.events().map(({ event }) => event), patience).toContain("service.stopping");
  await expect
    .poll(
      async () =>
        await fetch(url).then(
          () => true,
          () => false,
        ),
      patience,
    )
    .toBe(false);
  post.end(body.slice(10));
  const [{ statusCode }] = (await answered) as [{ statusCode: number }];
  expect(statusCode).toBe(202);
  expect(await service.ended).toBe(130);
  expect((await runs()).map(({ status }) => status)).toEqual(["queued"]);
});

test("weir inbox ends with every file in the folder, claimed, or taken in", { timeout: 120_000 }, async () => {
  const dropped = join(folder, "scans", "invoice");
  await mkdir(dropped, { recursive: true });
  const service = await started("inbox", "--inbox", "scans");
  const names = Array.from({ length: 40 }, (_, index) => `${index}.txt`);
  for (const name of names) await writeFile(join(dropped, name), `Invoice ${name}`);
  await expect.poll(() => service.log(), patience).toContain("file.submitted");
  service.child.kill("SIGTERM");
  expect(await service.ended).toBe(130);
  const files = (await readdir(join(folder, "scans"), { recursive: true })).filter((name) => name.endsWith(".txt"));
  expect(files).toHaveLength(names.length);
  const taken = service.events().filter(({ event }) => event === "file.submitted");
  expect(await runs()).toHaveLength(taken.length);
});

test(
  "the log of a service is JSON from the first line, and says nothing of what documents say",
  {
    timeout: 180_000,
  },
  async () => {
    const service = await started("start", "--port", "0", "--inbox", "scans");
    const marked =
      "Zwackelmann Lamps Ltd\n\nInvoice No. MARK-4711\nInvoice date: 4 March 2026\n\nTotal due: EUR 918.27\n";
    const dropped = join(folder, "scans", "invoice");
    await writeFile(join(dropped, "a.txt"), marked);
    await writeFile(join(dropped, "b.pdf"), "%PDF-1.4 Zwackelmann\n%%EOF\n");
    await expect.poll(() => service.log(), patience).toMatch(/file\.rested|file\.waits/);
    await expect.poll(() => service.events().some(({ event }) => event === "run.failed"), patience).toBe(true);
    await expect.poll(() => service.events().some(({ event }) => event === "run.review"), patience).toBe(true);
    const failed = async () => await readFile(join(dropped, "failed", "b.pdf.error.json"), "utf8").catch(() => "");
    await expect.poll(failed, patience).toContain("document.damaged");
    service.child.kill("SIGTERM");
    expect(await service.ended).toBe(130);
    expect(service.events()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: "step.done", workflow: "invoice", step: "extract", run: expect.any(String) }),
        expect.objectContaining({ level: "error", event: "run.failed", code: "document.damaged" }),
        expect.objectContaining({ event: "file.submitted", file: "invoice/a.txt" }),
      ]),
    );
    for (const secret of ["Zwackelmann", "MARK-4711", "918.27", "4 March", "2026-03-04"]) {
      expect(service.log()).not.toContain(secret);
    }
  },
);
