import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readConfig } from "../../src/config.ts";
import { WeirError } from "../../src/core/index.ts";
import type { AtCrashPoint } from "../../src/engine/crash-points.ts";
import { type LocalModel, createModelHost } from "../../src/models/host.ts";
import { resolveDecoder, resolveEncoder } from "../../src/models/library.ts";
import type { Blobs, Clock, Store } from "../../src/ports/index.ts";
import { systemClock } from "../../src/stores/clock.ts";
import type { Storage } from "../../src/stores/open.ts";
import type { Mischief } from "./steps.ts";

/** What the environment of a process of the chaos tests has it do to itself. */

/** CRASH_AT=point:n: SIGKILL at the nth time that crash point is reached. */
export function crashAt(text: string | undefined): AtCrashPoint {
  const [wanted, turn = "1"] = (text ?? "").split(":");
  let turns = 0;
  return (point) => {
    if (point !== wanted) return;
    turns += 1;
    if (turns === Number(turn)) process.kill(process.pid, "SIGKILL");
  };
}

/** CLOCK_SKEW_MS=n: a clock that is off. */
export function skewed(ms: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + ms };
}

/** BLOCK_AT=step:ms: holds the thread in that step, once in this folder. */
export function blocking(text: string | undefined, folder: string): Mischief {
  const [wanted, ms = "0"] = (text ?? "").split(":");
  const once = path.join(folder, "blocked");
  return async (step) => {
    if (step !== wanted || existsSync(once)) return;
    writeFileSync(once, "");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(ms));
  };
}

/**
 * KILL_HOST_AT=n:ms: the step "extract" asks the real encoder; the model host is killed `ms` into the
 * nth question of this folder. Asks nothing where it is not set.
 */
export function withModelHost(text: string | undefined, folder: string) {
  if (text === undefined) return null;
  const [turn = "1", ms = "0"] = text.split(":");
  const { cacheDir, model } = readConfig();
  const settings = { cacheFolder: cacheDir, decoder: model, encoder: null };
  const host = createModelHost({
    files: { decoder: () => resolveDecoder(settings), encoder: () => resolveEncoder(settings) },
  });
  let turns = 0;
  const mischief: Mischief = async (step, { run, signal }) => {
    if (step !== "extract") return;
    turns += 1;
    const asked = host.embed([`${process.pid} ${run.itemId} ${turns}`], { signal });
    if (turns === Number(turn)) void killHost(host, Number(ms), folder);
    await asked;
  };
  return { host, mischief };
}

async function killHost(host: LocalModel, ms: number, folder: string): Promise<void> {
  while (host.hostPid === null) await systemClock.sleep(5);
  await systemClock.sleep(ms);
  if (host.hostPid === null) return;
  process.kill(host.hostPid, "SIGKILL");
  writeFileSync(path.join(folder, "host-killed"), String(Date.now()));
}

/**
 * FULL_WHILE=file: while that file exists, whatever would be written meets a full disk. For machines
 * where nobody may mount a small one; which writes the real one refuses is in src/stores/sqlite/errors.ts.
 */
export function fullWhile(file: string | undefined, storage: Storage): Storage {
  if (file === undefined) return storage;
  const refusing = <T extends object>(port: T, writes: ReadonlySet<string>): T =>
    new Proxy(port, {
      get: (target, key) => {
        const found: unknown = Reflect.get(target, key);
        if (typeof found !== "function") return found;
        return async (...args: readonly unknown[]) => {
          if (writes.has(String(key)) && existsSync(file)) throw new WeirError("store.full", "No space left.");
          return await (found as (...args: readonly unknown[]) => unknown).apply(target, [...args]);
        };
      },
    });
  const { store, blobs } = storage;
  const full: Store = {
    ...store,
    runs: refusing(store.runs, new Set<keyof Store["runs"]>(["create", "lease", "renew", "commit"])),
    checkpoints: refusing(store.checkpoints, new Set<keyof Store["checkpoints"]>(["write"])),
    close: async () => await store.close(),
  };
  return { ...storage, store: full, blobs: refusing(blobs, new Set<keyof Blobs>(["put"])) };
}
