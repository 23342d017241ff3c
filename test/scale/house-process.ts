import { once } from "node:events";
import { openStorage } from "../../src/stores/open.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { testEngine } from "../support/engine.ts";
import { crashing } from "./steps.ts";

/**
 * A process of the scale tests.
 *
 *   FOLDER DATABASE_URL REDIS_URL worker         works until SIGTERM
 *   FOLDER DATABASE_URL REDIS_URL submit N FROM  takes N documents in, as an API does
 *
 * LEASE_MS says how long the runs of a dead worker are left alone.
 */
const [folder = "", databaseUrl = "", redisUrl = "", role = "", count = "0", from = "0"] = process.argv.slice(2);

const definition = crashing(folder);
const storage = await openStorage({
  folder,
  databaseUrl,
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
  },
});

if (role === "submit") {
  for (let index = Number(from); index < Number(from) + Number(count); index++) {
    const itemId = `item${index}`;
    const document = { name: itemId, bytes: new TextEncoder().encode(itemId) };
    const workflow = { definition, file: null };
    await engine.submit({ itemId, document, workflow, lane: "service", reuse: true });
  }
} else {
  await engine.recover();
  engine.start();
  console.log("started");
  const awake = setInterval(() => {}, 60_000);
  await once(process, "SIGTERM");
  clearInterval(awake);
}
await close();
