// node test/support/cloud-process.ts FOLDER URL [RUN]: works on one bill that asks the cloud at URL, to be killed while
// it does; with RUN: goes on with it, long after any answer could have come, and prints what became of it.
import { billWorkflow, cloudAt } from "./cloud-bill.ts";
import { testEngine } from "./engine.ts";

const [, , folder, url, known] = process.argv;
if (!folder || !url) throw new Error("Name a folder and a URL.");
const definition = billWorkflow();
const cloud = cloudAt(url, { callMs: known === undefined ? 60_000 : 1 });
const { engine, ledger, submit, finish, close } = await testEngine({ workflows: [definition], folder, cloud });
if (known === undefined) {
  const id = await submit(definition);
  process.stdout.write(`${id}\n`);
  await finish(id);
} else {
  await engine.recover();
  const { status, draft } = await finish(known);
  const kinds = (await ledger.entries({ run: known })).map(({ kind }) => kind);
  process.stdout.write(JSON.stringify({ status, doubts: draft?.doubts.map(({ code }) => code), kinds }));
}
await close();
