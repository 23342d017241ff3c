import { appendFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { WeirError } from "../../src/core/index.ts";
import { workflow } from "../../src/engine/flow.ts";
import { createInbox } from "../../src/inbox/index.ts";
import { createService } from "../../src/service.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openSqlite } from "../../src/stores/sqlite/open.ts";
import { testEngine } from "./engine.ts";
import { noPurge, testIntake } from "./intake.ts";

/**
 * A process of the inbox's crash tests: engine, store and inbox over the folders given, until every file
 * of `INBOX/invoice` has come to rest. It kills itself where the environment says so.
 *
 *   CRASH_AT=point:n   SIGKILL at the nth time that crash point is reached
 *   IN_FLIGHT=n        documents in the works at once
 */
const [dir = "", data = ""] = process.argv.slice(2);
const [crashPoint, crashTurn = "1"] = (process.env["CRASH_AT"] ?? "").split(":");
let turns = 0;

const { definition } = workflow("invoice", { version: 1 }).step("check", (state, { run }) => {
  appendFileSync(path.join(data, "executions.log"), `${run.id}\n`);
  if (state.document.name.includes("fail")) throw new WeirError("document.damaged", "The file is cut off.");
  return state;
});

const { engine, store, close } = await testEngine({ folder: data, workflows: [definition] });
const { queue, store: second } = await openSqlite({ folder: data, clock: systemClock });
const service = createService({
  engine,
  store,
  queue,
  load: async () => ({ definition, file: null }),
  builtins: [definition],
  intake: testIntake(queue),
  clock: systemClock,
  documentBytesMax: 50_000_000,
  purge: noPurge,
});
const inbox = createInbox({
  dir,
  service,
  clock: systemClock,
  settleMs: 20,
  rescanMs: 100,
  inFlightMax: Number(process.env["IN_FLIGHT"] ?? "100"),
  crash: async (point) => {
    if (point !== crashPoint) return;
    turns += 1;
    if (turns === Number(crashTurn)) process.kill(process.pid, "SIGKILL");
  },
});

async function allRest(): Promise<boolean> {
  const waiting = await readdir(path.join(dir, "invoice"), { withFileTypes: true });
  const claimed = await readdir(path.join(dir, ".weir", "claimed"));
  return claimed.length === 0 && waiting.every((entry) => entry.isDirectory());
}

await engine.recover();
engine.start();
await inbox.start();
console.log("started");
while (!(await allRest())) await systemClock.sleep(20);
await inbox.stop();
await close();
await second.close();
