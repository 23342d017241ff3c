import { once } from "node:events";
import { createInbox } from "../../src/inbox/index.ts";
import { createService } from "../../src/service.ts";
import { openStorage } from "../../src/stores/open.ts";
import { testEngine } from "../support/engine.ts";
import { blocking, crashAt, fullWhile, skewed, withModelHost } from "./mischief.ts";
import { crashing } from "./steps.ts";
import { noPurge, testIntake } from "../support/intake.ts";

/**
 * A process of the scale and chaos tests.
 *
 *   FOLDER DATABASE_URL REDIS_URL worker         works until SIGTERM
 *   FOLDER DATABASE_URL REDIS_URL submit N FROM  takes N documents in, as an API does
 *   FOLDER DATABASE_URL REDIS_URL all N          takes N documents in and works until all are done
 *   FOLDER DATABASE_URL REDIS_URL inbox DIR      works and watches a folder until SIGTERM
 *
 * An empty URL is one that is not set. What else it does to itself is in mischief.ts; LEASE_MS=n is how
 * long the runs of a dead worker are left alone, DATA the data folder where it is not FOLDER.
 */
const [folder = "", databaseUrl = "", redisUrl = "", role = "", what = "0", from = "0"] = process.argv.slice(2);
const { env } = process;

const clock = skewed(Number(env["CLOCK_SKEW_MS"] ?? "0"));
const model = withModelHost(env["KILL_HOST_AT"], folder);
const block = blocking(env["BLOCK_AT"], folder);
const definition = crashing(folder, async (step, context) => {
  await block(step, context);
  await model?.mischief(step, context);
});
const storage = fullWhile(
  env["FULL_WHILE"],
  await openStorage({
    folder: env["DATA"] ?? folder,
    databaseUrl: databaseUrl === "" ? null : databaseUrl,
    redisUrl: redisUrl === "" ? null : redisUrl,
    clock,
    onTrouble: (message) => console.error(message),
  }),
);
const { engine, close } = await testEngine({
  folder,
  storage,
  clock,
  ...(model ? { model: model.host } : {}),
  workflows: [definition],
  options: {
    idleMs: 100,
    leaseMs: Number(env["LEASE_MS"] ?? "30000"),
    onTrouble: (error) => console.error(String(error)),
    atCrashPoint: crashAt(env["CRASH_AT"]),
  },
});

async function submit(): Promise<void> {
  for (let index = Number(from); index < Number(from) + Number(what); index++) {
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

async function watch(): Promise<void> {
  const { store, queue } = storage;
  const load = async () => ({ definition, file: null });
  const intake = testIntake(queue);
  const builtins = [definition];
  const service = createService({
    engine,
    store,
    queue,
    load,
    builtins,
    intake,
    clock,
    documentBytesMax: 50_000_000,
    purge: noPurge,
  });
  const inbox = createInbox({ dir: what, service, clock, settleMs: 20, rescanMs: 100 });
  await inbox.start();
  await work();
  await terminated();
  await inbox.stop();
}

async function terminated(): Promise<void> {
  const awake = setInterval(() => {}, 60_000);
  await once(process, "SIGTERM");
  clearInterval(awake);
}

if (role === "submit") await submit();
else if (role === "inbox") await watch();
else if (role === "worker") {
  await work();
  await terminated();
} else {
  await work();
  await submit();
  while ((await storage.store.runs.counts()).succeeded < Number(what)) await clock.sleep(20);
}
await close();
await model?.host.close();
