import { openApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { loadWorkflow } from "../../src/load-workflow.ts";

/** Puts N documents into the data folder of FOLDER for the workflow of a file there, as `weir enqueue` does: FOLDER FILE N. */
const [folder = "", file = "", count = "0"] = process.argv.slice(2);
const app = await openApp(readConfig({}, folder));
for (let index = 0; index < Number(count); index++) {
  const document = { name: "a.txt", bytes: new TextEncoder().encode(`a ${index}`) };
  const workflow = await loadWorkflow(file, folder);
  await app.engine.submit({ itemId: `item${index}`, workflow, document, lane: "service", reuse: false });
}
await app.close();
