import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { modelSettings } from "./setup/models.ts";

/** `weir demo` as a visitor meets it: a real process with the real models, in a folder of its own. */

const launcher = path.join(import.meta.dirname, "..", "bin", "weir.mjs");
let folder: string;
let temporary: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "weir-visitor-"));
  temporary = mkdtempSync(path.join(tmpdir(), "weir-temporary-"));
});
afterEach(() => {
  for (const made of [folder, temporary]) rmSync(made, { recursive: true, force: true });
});

function start(): {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
} {
  const child = spawn(process.execPath, [launcher, "demo"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], TMPDIR: temporary, WEIR_CACHE: modelSettings.cacheFolder, WEIR_AIRGAP: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (some: string) => (text += some));
  }
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", (code) => resolve(code));
  });
  return { child, said: () => text, ended };
}

it("shows each part with numbers of its own and leaves only the page that it names", async () => {
  const { said, ended } = start();
  const code = await ended;
  const text = said();
  expect([code, text]).toEqual([0, expect.any(String)]);

  const rightAnswers = /right answers +(\d+) of (\d+) +(\d+) of (\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  const [usual = 0, asked = 0, weir = 0] = rightAnswers;
  expect(asked).toBe(28);
  expect(weir).toBeGreaterThan(usual);
  expect(text).toMatch(/bytes that left this machine +0 +0\n/);
  expect(text).toMatch(/seconds +\d+\.\d +\d+\.\d\n/);

  expect(text).toMatch(/wrong-sum\.pdf: net 300\.00 plus tax 57\.00 is not the total 375\.00/);
  expect(text).toMatch(/total +357\.00 +\S+ +p1:\d+ "357\.00"/);
  expect(text).toMatch(/documents in 6 +results out 6 +lost 0 +doubled 0 +steps done again [0-2] of \d+/);
  expect(text).toMatch(/medications +Furosemide 40 mg +40 mg, twice daily +p1:\d+/);
  expect(text).toMatch(/allergies +none known/);
  expect(text).toContain("npm run -s weir -- run invoice YOUR.pdf");
  expect(text).not.toContain("\u001b");

  const [page = ""] = /\/\S+\/review\.html/.exec(text) ?? [];
  expect(readdirSync(folder, { recursive: true })).toEqual([".weir", ".weir/demo", ".weir/demo/review.html"]);
  expect(page).toBe(path.join(folder, ".weir", "demo", "review.html"));
  expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[^]*is not the total 375\.00/);
  expect(readdirSync(temporary)).toEqual([]);
}, 400_000);

it("is stopped by Ctrl-C with 130 and nothing left behind", async () => {
  const { child, said, ended } = start();
  await expect.poll(said, { timeout: 60_000 }).toContain("1. A small model");
  await expect.poll(() => readdirSync(temporary), { timeout: 60_000 }).not.toEqual([]);
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
}, 150_000);
