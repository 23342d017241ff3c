// npm run bench -- summary -- visits ITEMS.jsonl: summaries of visits by weights that had not seen them, beside baselines.
// npm run bench -- summary -- tampered ITEMS.jsonl: how many changed sentences each of the two methods notices.
// npm run bench -- summary -- faithfulness ROWS.jsonl: whether the support score goes with people's count of hallucinations.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../src/config.ts";
import { type Example, trials } from "../src/summary/index.ts";
import { readItems } from "./items.ts";
import { measureFaithfulness } from "./summary/faithfulness.ts";
import { measureTampering } from "./summary/tampering.ts";
import { measureVisits } from "./summary/visits.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const [what = "", file = ""] = positionals;
const path = resolve(readConfig().callerDir, file);

async function examplesOf(): Promise<readonly Example[]> {
  const read = await readItems(path, undefined);
  return read.map(({ item: { id, truth }, text }) => ({
    id,
    lines: text.pages.flatMap((page) => page.lines),
    note: String(truth["note"]),
  }));
}

if (what === "visits") console.log(measureVisits([...trials(await examplesOf())]));
else if (what === "tampered") console.log(measureTampering([...trials(await examplesOf())]));
else if (what === "faithfulness") console.log(measureFaithfulness(path));
else {
  process.stderr.write("npm run bench -- summary -- visits|tampered|faithfulness FILE.jsonl\n");
  process.exit(2);
}
