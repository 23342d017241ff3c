import { once } from "node:events";
import type { AtCrashPoint } from "../../src/engine/crash-points.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openStorage } from "../../src/stores/open.ts";
import { testEngine } from "../support/engine.ts";
import { crashing } from "./steps.ts";

/**
 * A process of the scale tests.
 *
 *   FOLDER DATABASE_URL REDIS_URL worker         works until SIGTERM
 *   FOLDER DATABASE_URL REDIS_URL submit N FROM  takes N documents in, as an API does
 *   FOLDER DATABASE_URL REDIS_URL all N          takes N documents in and works until all are done
 *
 * An empty URL is one that is not set.
 *
 *   LEASE_MS=n          how long the runs of a dead worker are left alone
 *   CRASH_AT=point:n    SIGKILL at the nth time that crash point is reached
 */
const [folder = "", databaseUrl = "", redisUrl = "", role = "", count = "0", from = "0"] = process.argv.slice(2);

const [crashPoint, crashTurn = "1"] = (process.env["CRASH_AT"] ?? "").split(":");
let turns = 0;
const atCrashPoint: AtCrashPoint = (point) => {
  if (point !== crashPoint) return;
  turns += 1;
  if (turns === Number(crashTurn)) process.kill(process.pid, "SIGKILL");
};

const definition = crashing(folder);
const storage = await openStorage({
  folder,
  databaseUrl: databaseUrl === "" ? null : databaseUrl,
  redisUrl: redisUrl === "" ? null : redisUrl,
  clock: systemClock,
  onTrouble: (message) => console.error(message),
});
const { engine, close } = await testEngine({
  folder,
  storage,
  workflows: [definition],
  options: {
    idleMs: 100,
    leaseMs: Number(process.env["LEASE_MS"] ?? "30000"),
    onTrouble: (error) => console.error(String(error)),
    atCrashPoint,
  },
});

async function submit(): Promise<void> {
  for (let index = Number(from); index < Number(from) + Number(count); index++) {
    const itemId = `item${index}`;
    const document = { name: itemId, bytes: new TextEncoder().encode(itemId) };
    const workflow = { definition, file: null };
    await engine.submit({ itemId, document, workflow, lane: "service", reuse: true });
  }
}

async function work(): Promise<void> {
  await engine.recover();
  engine.start();
  console.log("started");
}

async function terminated(): Promise<void> {
  const awake = setInterval(() => {}, 60_000);
  await once(process, "SIGTERM");
  clearInterval(awake);
}

if (role === "submit") await submit();
else if (role === "worker") {
  await work();
  await terminated();
} else {
  await work();
  await submit();
  while ((await storage.store.runs.counts()).succeeded < Number(count)) await systemClock.sleep(20);
}
await close();
