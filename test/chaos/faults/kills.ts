import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { crashPoints } from "../../../src/engine/crash-points.ts";
import { systemClock } from "../../../src/stores/clock.ts";
import { type Kind, kinds, until } from "../house.ts";
import { type Fault, documents, inHouse, leaseMs } from "./fault.ts";

const all = ["all", String(documents)];
/** Until the next process works: its start included, since nobody else is there. */
const restartMsMost = (kind: Kind) => (kind === "SQLite" ? 2_000 : leaseMs + 5_000);

/** SIGKILL of the whole engine when it gets to a named point for the nth time; another one is started. */
export const atPoints: readonly Fault[] = crashPoints.map((point) => ({
  name: `engine killed at ${point}`,
  kinds,
  recoveryMsMost: restartMsMost,
  trial: async (ground, random) =>
    await inHouse(ground, async (house) => {
      // Each is reached at least once a document.
      const turn = 1 + Math.floor(random() * documents);
      const struck = (await house.start(all, { CRASH_AT: `${point}:${turn}` }).ended) === "SIGKILL";
      const moment = Date.now();
      await house.start(all).ended;
      return { struck, recoveryMs: await house.recoveryMs(moment) };
    }),
}));

/** SIGKILL of the whole engine whenever. */
export const atRandom: Fault = {
  name: "engine killed at a random moment",
  kinds,
  recoveryMsMost: restartMsMost,
  trial: async (ground, random) =>
    await inHouse(ground, async (house) => {
      const victim = house.start(all);
      await victim.started;
      await systemClock.sleep(random() * 500);
      victim.kill("SIGKILL");
      const struck = (await victim.ended) === "SIGKILL";
      const moment = Date.now();
      await house.start(all).ended;
      return { struck, recoveryMs: await house.recoveryMs(moment) };
    }),
};

/** SIGKILL of one of two workers, which is not started again: the other takes its runs over after their lease. */
export const oneOfTwo: Fault = {
  name: "one of two workers killed, not started again",
  kinds,
  recoveryMsMost: () => leaseMs + 5_000,
  trial: async (ground, random) =>
    await inHouse(ground, async (house) => {
      const lease = { LEASE_MS: String(leaseMs) };
      const [victim, other] = [house.start(["worker"], lease), house.start(["worker"], lease)];
      await Promise.all([victim.started, other.started]);
      await house.submit(documents);
      await until(async () => (await house.heldBy(victim.pid)).length > 0);
      await systemClock.sleep(random() * 100);
      victim.kill("SIGKILL");
      await victim.ended;
      const moment = Date.now();
      const held = await house.heldBy(victim.pid);
      await house.untilDone(documents);
      return { struck: true, recoveryMs: await house.recoveryMs(moment, held) };
    }),
};

/** SIGKILL of the process that runs the models, in the middle of a question. */
export const modelHost: Fault = {
  name: "model host killed in the middle of a question",
  kinds,
  // The step is tried again after a second, with a host that loads its model anew.
  recoveryMsMost: () => 5_000,
  trial: async (ground, random) =>
    await inHouse(ground, async (house) => {
      const turn = 1 + Math.floor(random() * documents);
      await house.start(all, { KILL_HOST_AT: `${turn}:${Math.floor(random() * 20)}` }).ended;
      const told = path.join(house.folder, "host-killed");
      if (!existsSync(told)) return { struck: false, recoveryMs: null };
      const { runs } = await house.storage.store.runs.list({ limit: 200 });
      const hit = runs.filter(({ hostCrashes }) => hostCrashes > 0).map(({ itemId }) => itemId);
      const moment = Number(readFileSync(told, "utf8"));
      return { struck: true, recoveryMs: hit.length === 0 ? null : await house.recoveryMs(moment, hit) };
    }),
};

/** A worker that holds its thread for longer than its lease: the other one takes over, and it can write no more. */
export const blocked: Fault = {
  name: "event loop blocked for twice the lease",
  kinds,
  recoveryMsMost: () => leaseMs + 5_000,
  trial: async (ground, random) =>
    await inHouse(ground, async (house) => {
      const lease = { LEASE_MS: String(leaseMs) };
      const steps = ["read", "split", "extract", "check", "deliver"];
      const step = steps[Math.floor(random() * steps.length)] ?? "read";
      const slow = house.start(["worker"], { ...lease, BLOCK_AT: `${step}:${2 * leaseMs}` });
      await slow.started;
      await house.submit(documents);
      const struck = await until(() => existsSync(path.join(house.folder, "blocked")));
      const moment = Date.now();
      const held = await house.heldBy(slow.pid);
      const other = house.start(["worker"], lease);
      await other.started;
      await house.untilDone(documents);
      const recoveryMs = await house.recoveryMs(moment, held);
      for (const one of [slow, other]) one.kill("SIGTERM");
      await Promise.all([slow.ended, other.ended]);
      return { struck, recoveryMs };
    }),
};
