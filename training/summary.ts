import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Example, learnSummary, packSummary } from "../src/summary/index.ts";

/**
 * Learns the shipped weights of `summarize` from visits with a clinician's note and from short dialogues
 * with the section of a note they became. Nothing here is random.
 * `npm run train:summary -- --visits aci.jsonl --dialogues mts_dialog.jsonl [--out FILE]`
 *
 * The shipped ones come from ACI-Bench (Yim et al. 2023) and MTS-Dialog (Ben Abacha et al. 2023), both CC BY 4.0.
 */
const { values } = parseArgs({
  options: { visits: { type: "string" }, dialogues: { type: "string" }, out: { type: "string" } },
});
const out = values.out ?? fileURLToPath(new URL("../src/summary/generic-summary.json", import.meta.url));
/** Words of fewer records are left out: names among them. */
const recordsMin = 4;

const rows = (file: string | undefined) =>
  file === undefined
    ? []
    : readFileSync(file, "utf8")
        .split("\n")
        .filter((row) => row !== "")
        .map((row) => JSON.parse(row));
const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => ({ text: line }));

const visits = rows(values.visits).map(({ id, text, truth }): Example => ({
  id,
  lines: linesOf(text),
  note: truth.note,
}));
const dialogues = rows(values.dialogues).map(({ id, dialogue, truth_text: note, truth_section: section }): Example => ({
  id,
  lines: linesOf(dialogue),
  note,
  section,
}));
const model = learnSummary(visits, dialogues);
const sections = {
  ...model.sections,
  words: new Map(
    [...model.sections.words].filter(([, counts]) => counts.reduce((sum, count) => sum + count, 0) >= recordsMin),
  ),
};
const packed = packSummary({ ...model, lexicon: model.lexicon.common(recordsMin), sections });
writeFileSync(out, `${JSON.stringify(packed)}\n`);
console.log(`${visits.length} visits, ${dialogues.length} dialogues, ${model.lexicon.words.size} words → ${out}`);
