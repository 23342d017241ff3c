// node bench/leaks.ts WORKFLOW ITEMS.jsonl…: asks about every field of every document as if all were in doubt, and looks
// at the bytes that would leave: no value that has a stand-in, and no line outside the window, may be among them.
// A line holds {"id", "text" or "path"}; the labels of the workflow's author are not counted as the document's.
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { DocumentText, DraftData } from "../src/core/index.ts";
import { disguise } from "../src/disclosure/index.ts";
import { createReader } from "../src/document/index.ts";
import { planQuestion, policyOf } from "../src/escalation/index.ts";
import { leafAt } from "../src/escalation/leaf.ts";
import { loadWorkflow } from "../src/load-workflow.ts";
import type { Schema } from "../src/ports/index.ts";
import { fieldsOf } from "../src/ranking/fields.ts";
import { genericRanker, proposeFrom, surveyOf } from "../src/ranking/index.ts";

const [workflowName = "", ...files] = process.argv.slice(2);
if (files.length === 0) throw new Error("Name a workflow and .jsonl files.");
const schema = (await loadWorkflow(workflowName, process.cwd())).definition.schema as Schema;
const policy = policyOf({ disclose: "surrogates" });
const reader = createReader();
const pieces = (text: string) => text.match(/[\p{L}\p{M}\d]+/gu) ?? [];

function draftOf(text: DocumentText): DraftData {
  const proposals = proposeFrom(surveyOf(text), fieldsOf(schema), { ranker: genericRanker });
  const decisions = proposals.map(({ path, value, spans }) => {
    const rest = { confidence: null, status: "review", by: "learned", alternatives: [], evidence: {} } as const;
    // A label is the author's word, whatever the page says.
    const isLabel = leafAt(schema, path)?.meta()?.["weir"] === "label";
    return [path, isLabel ? { ...rest, value: "other", source: [] } : { ...rest, value, source: spans }] as const;
  });
  return { decisions: Object.fromEntries(decisions), doubts: [], optional: [] };
}

for (const file of files) {
  const counts = { documents: 0, asked: 0, lines: 0, sent: 0, hidden: 0, leaks: 0, strays: 0 };
  for (const row of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const item = JSON.parse(row) as { id: string; text?: string; path?: string };
    const path = resolve(dirname(file), item.path ?? "");
    const bytes = item.text === undefined ? readFileSync(path) : new TextEncoder().encode(item.text);
    const name = item.text === undefined ? basename(path) : "item.txt";
    const text = await reader.read(bytes, { name, pagesMax: 30, bytesMax: 50e6, timeoutMs: 60_000 }).catch(() => null);
    if (!text) continue;
    counts.documents++;
    const price = { promptNano: 0, completionNano: 0 };
    const plan = { draft: draftOf(text), schema, text, policy, narrowed: () => null, price, seed: item.id };
    const { question } = planQuestion(plan);
    if (!question) continue;
    counts.asked++;
    const lines = text.pages.flatMap((page) => page.lines);
    counts.lines += lines.length;
    counts.sent += question.places.size;
    // What the workflow itself says is in every request of it.
    const said = question.text.replaceAll(/^\d+\) .*$/gm, "");
    const left = new Set(pieces(said));
    const hidden = disguise(
      lines.map((line) => line.text),
      item.id,
    ).hidden();
    counts.hidden += hidden.length;
    for (const value of hidden) {
      // Years and the like stand in many places: of dates and numbers in parts the whole counts.
      const parts = pieces(value);
      if (parts.length === 1 ? value.length > 3 && left.has(value) : said.includes(value)) {
        counts.leaks++;
        if (process.env["SHOW"]) console.log(item.id, JSON.stringify(value));
      }
    }
    for (const line of lines) {
      if (question.places.has(`${line.page}:${line.line}`)) continue;
      const whole = line.text.trim();
      const twin = lines.some(
        (other) => question.places.has(`${other.page}:${other.line}`) && other.text.includes(whole),
      );
      if (whole.length > 12 && !twin && said.includes(whole)) counts.strays++;
    }
  }
  console.log(`${basename(file)}: ${counts.documents} documents, ${counts.asked} asked about`);
  console.log(`lines: ${counts.sent} of ${counts.lines} sent, ${counts.strays} others found in the bytes`);
  console.log(`values with stand-ins: ${counts.hidden}, found in the bytes: ${counts.leaks}`);
}
await reader.close();
