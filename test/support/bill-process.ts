// node test/support/bill-process.ts FOLDER URL BILLS PER_MINUTE: one of several processes on one store. Works on so
// many bills that ask the cloud at URL, where a provider takes so many requests a minute, and prints how each of them
// stands as soon as all are done or wait.
import { toResult } from "../../src/core/index.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { billWorkflow, cloudAt } from "./cloud-bill.ts";
import { testEngine } from "./engine.ts";

const [, , folder, url, bills, perMinute] = process.argv;
if (!folder || !url || !bills || !perMinute) throw new Error("Name a folder, a URL and two numbers.");
const definition = billWorkflow({ patienceMs: 3_600_000 });
const cloud = cloudAt(url, { callMs: 60_000, requestsPerMinute: Number(perMinute) });
const { engine, submit, close } = await testEngine({ workflows: [definition], folder, cloud });
const ids: string[] = [];
for (let at = 0; at < Number(bills); at++) ids.push(await submit(definition, `${process.pid}-${at}`));
const working = engine.drain("test");
const standing = async () =>
  await Promise.all(
    ids.map(async (id) => {
      const { status, waiting } = toResult(await engine.get(id));
      return waiting?.reason ?? status;
    }),
  );
const signal = new AbortController().signal;
while ((await standing()).some((one) => one === "queued" || one === "running")) await systemClock.sleep(20, signal);
process.stdout.write(JSON.stringify(await standing()));
await close();
await working;
