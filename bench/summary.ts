// npm run bench -- summary -- visits ITEMS.jsonl: summaries of visits by weights that had not seen them, beside baselines.
// npm run bench -- summary -- tampered ITEMS.jsonl: how many changed sentences each of the two methods notices.
// npm run bench -- summary written ITEMS.jsonl [--most 8] [--model FILE]: what the language model adds where it writes.
// npm run bench -- summary -- faithfulness ROWS.jsonl: whether the support score goes with people's count of hallucinations.
// npm run bench -- summary -- mixed DIALOGUES.jsonl: the same where nobody counted: notes mixed with another patient's.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../src/config.ts";
import { type Example, trials } from "../src/summary/index.ts";
import { readItems } from "./items.ts";
import { measureFaithfulness, measureMixed } from "./summary/faithfulness.ts";
import { measureTampering } from "./summary/tampering.ts";
import { measureVisits } from "./summary/visits.ts";
import { measureWriting } from "./summary/written.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { most: { type: "string", default: "8" }, model: { type: "string" } },
});
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
else if (what === "written") {
  const some = [...trials(await examplesOf())].slice(0, Number(values.most));
  console.log(await measureWriting(some, values.model ?? null));
} else if (what === "faithfulness") console.log(measureFaithfulness(path));
else if (what === "mixed") console.log(measureMixed(path));
else {
  process.stderr.write("npm run bench -- summary -- visits|tampered|written|faithfulness|mixed FILE.jsonl\n");
  process.exit(2);
}
