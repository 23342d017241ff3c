import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../../../src/stores/clock.ts";
import type { TestServer } from "../../support/servers/index.ts";
import { type Ground, type House, kinds, until } from "../house.ts";
import { type Fault, type Trial, documents, inHouse, leaseMs } from "./fault.ts";

/** A store that failed is asked again after five seconds, a run that was held when it failed after its lease. */
const troubleMsMost = leaseMs + 10_000;
const lease = { LEASE_MS: String(leaseMs) };

/** A disk of the data folder that is full for a while: a real small one where this machine lets us mount it. */
export const diskFull: Fault = {
  name: "disk full",
  kinds: ["SQLite"],
  recoveryMsMost: () => troubleMsMost,
  trial: async (ground, random) => {
    const disk = smallDisk();
    return disk ? await onSmallDisk(ground, disk, random) : await onPretendedDisk(ground, random);
  },
};

interface Disk {
  readonly folder: string;
  unmount(): void;
}

function smallDisk(): Disk | null {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    folder,
    unmount: () => {
      execFileSync("umount", ["--lazy", folder], { stdio: "ignore" });
      rmSync(folder, { recursive: true });
    },
  };
}

async function onSmallDisk(ground: Ground, disk: Disk, random: () => number): Promise<Trial> {
  const filler = path.join(disk.folder, "filler");
  try {
    const fill = () => fillUp(filler);
    const work = async (house: House) =>
      await whileFull(house, { DATA: disk.folder }, random, fill, () => rmSync(filler));
    return await inHouse(ground, work, disk.folder);
  } finally {
    disk.unmount();
  }
}

/** To the last page. */
function fillUp(file: string): boolean {
  for (;;) {
    try {
      appendFileSync(file, new Uint8Array(4_096));
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOSPC";
    }
  }
}

async function onPretendedDisk(ground: Ground, random: () => number): Promise<Trial> {
  const scratch = mkdtempSync(path.join(tmpdir(), "weir-full-"));
  const file = path.join(scratch, "full");
  const fill = () => {
    writeFileSync(file, "");
    return true;
  };
  try {
    return await inHouse(
      ground,
      async (house) => await whileFull(house, { FULL_WHILE: file }, random, fill, () => rmSync(file)),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function whileFull(
  house: House,
  environment: Readonly<Record<string, string>>,
  random: () => number,
  fill: () => boolean,
  free: () => void,
) {
  const worker = house.start(["worker"], { ...lease, ...environment });
  await worker.started;
  await house.submit(documents, environment);
  await until(() => existsSync(path.join(house.folder, "executions.log")));
  await systemClock.sleep(random() * 200);
  const struck = fill();
  await systemClock.sleep(500 + random() * 1_500);
  free();
  const moment = Date.now();
  await house.untilDone(documents);
  const recoveryMs = await house.recoveryMs(moment);
  worker.kill("SIGTERM");
  await worker.ended;
  return { struck, recoveryMs };
}

/** A server that is killed and comes back seconds later, while two workers work and documents come in. */
function away(name: string, serverOf: (ground: Ground) => TestServer | null, signals: readonly NodeJS.Signals[]) {
  return async (ground: Ground, random: () => number): Promise<Trial> =>
    await inHouse(ground, async (house) => {
      const server = serverOf(ground);
      if (!server) throw new Error(`There is no ${name} here.`);
      const workers = [house.start(["worker"], lease), house.start(["worker"], lease)];
      await Promise.all(workers.map(async ({ started }) => await started));
      await house.submit(documents);
      await systemClock.sleep(random() * 200);
      await server.stop(signals[Math.floor(random() * signals.length)]);
      await systemClock.sleep(1_000 + random() * 3_000);
      await server.start();
      const moment = Date.now();
      await house.untilDone(documents);
      const recoveryMs = await house.recoveryMs(moment);
      for (const worker of workers) worker.kill("SIGTERM");
      await Promise.all(workers.map(async ({ ended }) => await ended));
      return { struck: true, recoveryMs };
    });
}

/** Politely, or as if the power had failed. */
export const postgresAway: Fault = {
  name: "PostgreSQL away for one to four seconds",
  kinds: ["PostgreSQL", "PostgreSQL and Redis"],
  recoveryMsMost: () => troubleMsMost,
  trial: away("PostgreSQL", ({ postgres }) => postgres, ["SIGINT", "SIGQUIT"]),
};

export const redisAway: Fault = {
  name: "Redis away for one to four seconds",
  kinds: ["PostgreSQL and Redis"],
  recoveryMsMost: () => leaseMs + 5_000,
  trial: away("Redis", ({ redis }) => redis, ["SIGTERM", "SIGKILL"]),
};

/** Two workers whose clocks are up to ten minutes apart, one ahead of the time and one behind it. */
export const clocksApart: Fault = {
  name: "clocks of two workers minutes apart",
  kinds,
  recoveryMsMost: () => 0,
  trial: async (ground, random) =>
    await inHouse(ground, async (house) => {
      const skews = [random() * 300_000, -random() * 300_000].map((ms) => String(Math.round(ms)));
      const workers = skews.map((skew) => house.start(["worker"], { ...lease, CLOCK_SKEW_MS: skew }));
      await Promise.all(workers.map(async ({ started }) => await started));
      await house.submit(documents);
      await house.untilDone(documents);
      for (const worker of workers) worker.kill("SIGTERM");
      await Promise.all(workers.map(async ({ ended }) => await ended));
      return { struck: true, recoveryMs: null };
    }),
};

/** Two engines that share one inbox, and one data folder or database; one is killed and started again. */
export const twoEngines: Fault = {
  name: "two engines on one data folder and one inbox, one killed",
  kinds,
  recoveryMsMost: (kind) => (kind === "SQLite" ? 2_000 : leaseMs + 5_000),
  trial: async (ground, random) =>
    await inHouse(ground, async (house) => {
      const inbox = path.join(house.folder, "inbox");
      const dropped = path.join(inbox, "crashing");
      mkdirSync(dropped, { recursive: true });
      const role = ["inbox", inbox];
      const [victim, other] = [house.start(role), house.start(role)];
      await Promise.all([victim.started, other.started]);
      for (let index = 0; index < documents; index++) writeFileSync(path.join(dropped, `item${index}`), `item${index}`);
      await until(() => existsSync(path.join(house.folder, "executions.log")));
      await systemClock.sleep(random() * 200);
      victim.kill("SIGKILL");
      await victim.ended;
      const moment = Date.now();
      const held = await house.heldBy(victim.pid);
      const again = house.start(role);
      await again.started;
      const rested = () => listed(path.join(dropped, "done")).filter((name) => /^item\d+$/.test(name)).length;
      await until(() => rested() === documents);
      const recoveryMs = await house.recoveryMs(moment, held);
      for (const one of [other, again]) one.kill("SIGTERM");
      await Promise.all([other.ended, again.ended]);
      return { struck: rested() === documents && listed(path.join(dropped, "failed")).length === 0, recoveryMs };
    }),
};

const listed = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);
