import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processId } from "../process-id.ts";
import { raw } from "./names.ts";
import { Owner, silentMsMax } from "./owner.ts";

let dir: string;
let owner: Owner;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "weir-owners-"));
  owner = new Owner(raw(dir), "aaaaaaaa");
  await owner.beat();
});
afterEach(() => rm(dir, { recursive: true }));

/** This process with another number or start. */
const processBut = ({ pid, start }: { readonly pid?: number | undefined; readonly start?: string }) => {
  const [scope, ownPid, ownStart = ""] = processId().split("/");
  const [boot] = ownStart.split(".");
  return [scope, pid ?? ownPid, start === undefined ? ownStart : `${boot}.${start}`].join("/");
};

const cardOf = async (change: object) => {
  const own: unknown = JSON.parse(await readFile(join(dir, "aaaaaaaa.json"), "utf8"));
  await writeFile(join(dir, "bbbbbbbb.json"), JSON.stringify({ ...(own as object), ...change }));
};
const age = async (ms: number) => {
  const at = new Date(Date.now() - ms);
  await utimes(join(dir, "bbbbbbbb.json"), at, at);
};

test("oneself is alive, whoever never was is dead", async () => {
  expect(await owner.isDead("aaaaaaaa")).toBe(false);
  expect(await owner.isDead("bbbbbbbb")).toBe(true);
});

test("on the same machine the process itself decides, however long it has been silent", async () => {
  await cardOf({});
  await age(3_600_000);
  expect(await owner.isDead("bbbbbbbb")).toBe(false);
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  await cardOf({ process: processBut({ pid: child.pid }) });
  expect(await owner.isDead("bbbbbbbb")).toBe(true);
});

test("another process with the number of a dead one is not taken for it", async () => {
  await cardOf({ process: processBut({ start: "1" }) });
  expect(await owner.isDead("bbbbbbbb")).toBe(true);
});

test("on another machine silence decides", async () => {
  await cardOf({ process: `elsewhere${processId()}` });
  await age(silentMsMax - 10_000);
  expect(await owner.isDead("bbbbbbbb")).toBe(false);
  await age(silentMsMax + 10_000);
  expect(await owner.isDead("bbbbbbbb")).toBe(true);
});

test("a card cut off by a crash is judged by its age", async () => {
  await writeFile(join(dir, "bbbbbbbb.json"), '{"host":');
  expect(await owner.isDead("bbbbbbbb")).toBe(false);
  await age(silentMsMax + 10_000);
  expect(await owner.isDead("bbbbbbbb")).toBe(true);
});
