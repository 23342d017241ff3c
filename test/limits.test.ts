import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Environment, type Started, startWeir, weirIn } from "./support/command.ts";

// Each call starts a process or two.
vi.setConfig({ testTimeout: 240_000 });

let folder = "";
let started: Started[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-limits-"));
  started = [];
  for (const name of ["a.txt", "b.txt", "c.txt"]) await writeFile(join(folder, name), `TOTAL 1.00 ${name}\n`);
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGTERM");
  await Promise.all(started.map(({ ended }) => ended));
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

const weir = async (args: readonly string[], env: Environment = {}) => await weirIn(folder, args, env);

async function serve(args: readonly string[], env: Environment): Promise<string> {
  const one = startWeir(folder, [...args, "--json"], env);
  started.push(one);
  await vi.waitFor(() => expect(one.said.stdout).toContain("\n"), 60_000);
  return (JSON.parse(one.said.stdout.split("\n")[0] ?? "") as { url?: string }).url ?? "";
}

const post = async (url: string, text: string) =>
  await fetch(new URL("/v1/runs", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ workflow: "receipt", text }),
  });

test("a full queue takes nothing by any way in, says so, and takes again once there is room", async () => {
  const env = { WEIR_QUEUE_MAX: "2" };
  const url = await serve(["api", "--port", "0"], env);
  expect((await post(url, "first")).status).toBe(202);
  expect((await post(url, "second")).status).toBe(202);
  const refused = await post(url, "third");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
  expect(await refused.json()).toMatchObject({ code: "queue.full" });
  // What is there can be looked at all the same.
  expect((await fetch(new URL("/readyz", url))).status).toBe(200);

  const sent = await weir(["enqueue", "receipt", "a.txt", "--url", url, "--no-wait", "--json"]);
  expect([sent.code, sent.stderr]).toEqual([1, expect.stringContaining("(queue.full)")]);
  const inbox = join(folder, "inbox", "receipt");
  await mkdir(inbox, { recursive: true });
  await writeFile(join(inbox, "c.txt"), "c\n");
  await serve(["inbox", "--inbox", "inbox"], env);
  await vi.waitFor(() => expect(started.at(-1)?.said.stderr).toContain("queue is full"), 60_000);
  expect(await readdir(inbox)).toEqual(["c.txt"]);

  const waiting = startWeir(folder, ["enqueue", "receipt", "a.txt", "--url", url, "--json"]);
  started.push(waiting);
  await vi.waitFor(() => expect(waiting.said.stderr).toContain("Waiting for room"), 60_000);
  expect(waiting.said.stdout).toBe("");
  const { runs } = (await (await fetch(new URL("/v1/runs", url))).json()) as { runs: { run: string }[] };
  for (const { run } of runs) await fetch(new URL(`/v1/runs/${run}/cancel`, url), { method: "POST" });
  expect(await waiting.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"run"') });
  await vi.waitFor(async () => expect(await readdir(inbox)).toEqual([]), 60_000);
});

test("with too little space on the disk nothing is taken by any way in, and `weir run` says so too", async () => {
  const env = { WEIR_DISK_FREE_MIN: "900TB" };
  const url = await serve(["api", "--port", "0"], env);
  const refused = await post(url, "first");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([507, "5"]);
  expect(await refused.json()).toMatchObject({ code: "store.full" });
  expect((await fetch(new URL("/readyz", url))).status).toBe(503);
  const ran = await weir(["run", "receipt", "a.txt", "--json"], env);
  expect([ran.code, ran.stdout, ran.stderr]).toEqual([1, "", expect.stringContaining("(store.full)")]);
  const tooLarge = await weir(["enqueue", "receipt", "a.txt", "--url", url, "--json"]);
  expect(tooLarge.stderr).toContain("(store.full)");
});
