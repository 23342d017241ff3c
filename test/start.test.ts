import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { type Result, resultSchema } from "../src/core/index.ts";

/** A service as its users run it: real processes, real models, documents by every way in. */

const launcher = join(import.meta.dirname, "..", "bin", "weir.mjs");
/** Two cores read, decode and run other tests beside this one. */
const patienceMs = 90_000;

let folder = "";
let service: ChildProcess | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-start-"));
});
afterEach(async () => {
  if (service !== null && groupIsAlive(service)) process.kill(-(service.pid ?? 0), "SIGKILL");
  service = null;
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly text: { stdout: string; stderr: string };
  readonly code: Promise<number | null>;
}

/** In a process group of its own, so that whatever it leaves behind can be seen. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    detached: true,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], WEIR_CACHE: readConfig().cacheDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (some: string) => (text.stdout += some));
  child.stderr.setEncoding("utf8").on("data", (some: string) => (text.stderr += some));
  const code = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return { child, text, code };
}

function groupIsAlive({ pid }: ChildProcess): boolean {
  try {
    return process.kill(-(pid ?? 0), 0);
  } catch {
    return false;
  }
}

async function weir(...args: readonly string[]): Promise<string> {
  const { text, code } = start(args);
  if ((await code) !== 0) throw new Error(`weir ${args.join(" ")}: ${text.stderr}`);
  return text.stdout;
}

const jsonLines = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));

const runsOf = async () => jsonLines(await weir("ls", "--json")).map((line): Result => resultSchema.parse(line));

const invoice = (number: string, total: string) =>
  `Harbour Lamps Ltd\n\nInvoice No. ${number}\nInvoice date: 4 March 2026\n\nTotal due: EUR ${total}\n`;

/** Nothing on it says which date, number or amount is meant: the language model has to be asked. */
const unlabelled =
  "Some Works\n\nAlpha 17.03.2026\nBeta 19.03.2026\n\nKappa 112233\nOmega 445566\n\nThis 71.00\nThat 65.10\n";

/** Starts the service and waits until it says where it is. */
async function serving(...args: readonly string[]): Promise<Started & { readonly told: Record<string, string> }> {
  const started = start(["start", "--port", "0", "--json", ...args]);
  service = started.child;
  await expect.poll(() => started.text.stdout, { timeout: patienceMs }).toContain("\n");
  return { ...started, told: JSON.parse(started.text.stdout) as Record<string, string> };
}

test(
  "documents from the inbox, over HTTP and from the command line are read by one service, which ends cleanly",
  { timeout: 3 * patienceMs },
  async () => {
    const { child, text, code, told } = await serving("--inbox", "scans");
    const url = told["url"] ?? "";
    expect(told["inbox"]).toBe(join(folder, "scans"));
    expect(text.stderr).toContain(`API and page  ${url}`);
    expect(text.stderr).toContain("Stop with Ctrl-C");

    await writeFile(join(folder, "scans", "invoice", "dropped.txt"), invoice("D-1001", "120.00"));
    const posted = await fetch(new URL("/v1/runs", url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ workflow: "invoice", text: invoice("P-2002", "340.50") }),
    });
    expect(posted.status).toBe(202);
    const { run } = (await posted.json()) as { run: string };
    await writeFile(join(folder, "sent.txt"), invoice("E-3003", "77.25"));
    const sent = jsonLines(await weir("enqueue", "invoice", "sent.txt", "--url", url, "--json"));

    const settled = async () => {
      const runs = await runsOf();
      return runs.filter(({ status }) => status === "review" || status === "succeeded");
    };
    await expect.poll(settled, { timeout: patienceMs, interval: 1_000 }).toHaveLength(3);
    const runs = await settled();
    expect(runs.map((one) => one.run)).toEqual(expect.arrayContaining([run, (sent[0] as { run: string }).run]));
    expect(runs.map(({ decisions }) => decisions["number"]?.value).toSorted()).toEqual(["D-1001", "E-3003", "P-2002"]);
    expect(JSON.parse(await weir("stats", "--json"))).toMatchObject({
      workflows: [{ name: "invoice", documents: { n: 3 } }],
    });

    child.kill("SIGTERM");
    expect(await code).toBe(130);
    await expect.poll(() => groupIsAlive(child), { timeout: 10_000 }).toBe(false);
    expect(text.stderr).not.toMatch(/\n\s+at /);
  },
);

test(
  "without models and with --airgap it says what is missing and serves; documents that need one fail by name",
  { timeout: 2 * patienceMs },
  async () => {
    const started = start(["start", "--port", "0", "--airgap"], { WEIR_CACHE: join(folder, "empty") });
    service = started.child;
    const { text } = started;
    await expect.poll(() => text.stderr, { timeout: patienceMs }).toContain("Stop with Ctrl-C");
    expect(text.stderr).toContain("Not on this machine: smollm2-135m, minilm-l6");
    expect(existsSync(join(folder, "empty", "models"))).toBe(false);

    const inbox = join(folder, ".weir", "inbox", "invoice");
    await writeFile(join(inbox, "a.txt"), unlabelled);
    const error = join(inbox, "failed", "a.txt.error.json");
    await expect.poll(() => existsSync(error), { timeout: patienceMs }).toBe(true);
    expect(JSON.parse(await readFile(error, "utf8"))).toMatchObject({ code: "model.missing" });

    started.child.kill("SIGTERM");
    expect(await started.code).toBe(130);
  },
);
