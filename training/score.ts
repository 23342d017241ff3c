import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fieldsOf } from "../src/ranking/fields.ts";
import { proposeFrom } from "../src/ranking/propose.ts";
import type { Proposal } from "../src/ranking/proposal.ts";
import { optionsOf, type RankerProfile, sameValue } from "../src/ranking/ranker.ts";
import { proven } from "../src/ranking/proven.ts";
import { surveyOf } from "../src/ranking/survey.ts";
import type { DocumentText } from "../src/core/index.ts";
import { createReader } from "../src/document/index.ts";
import { Invoice } from "../workflows/invoice/schema.ts";
import { handSet } from "./hand.ts";

/**
 * Scores the ranker alone on labelled items: per path how often the best value is right, how often the
 * right one is among the candidates. `node training/score.ts ITEMS.jsonl [--ranker FILE] [--misses PATH]`
 */
interface Item {
  readonly id: string;
  readonly text?: string;
  readonly path?: string;
  readonly truth: Readonly<Record<string, string | null>>;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { ranker: { type: "string" }, misses: { type: "string" }, first: { type: "string" } },
});
const ranker: RankerProfile = values.ranker === undefined ? handSet : JSON.parse(readFileSync(values.ranker, "utf8"));
const fields = fieldsOf(Invoice);

function same(a: unknown, b: string | null): boolean {
  if (a === null || b === null || a === undefined) return a === b;
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y) && (String(a).includes(".") || b.includes(".")))
    return Math.abs(x - y) < 0.005;
  return (
    sameValue(String(a)) === sameValue(b) ||
    (String(a).startsWith("-") === b.startsWith("-") && sameValue(String(a)) === sameValue(b))
  );
}

const reader = createReader();

function textOf(item: Item, file: string): Promise<DocumentText> {
  const path = resolve(dirname(file), item.path ?? "");
  const bytes = item.text === undefined ? readFileSync(path) : new TextEncoder().encode(item.text);
  const name = item.text === undefined ? path : "item.txt";
  return reader.read(bytes, { name, pagesMax: 50, bytesMax: 1e8, timeoutMs: 60_000 });
}

for (const file of positionals) {
  const items: Item[] = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const tally = new Map<string, { n: number; right: number; recall: number; proven: number; wrong: number }>();
  const times: number[] = [];
  for (const item of items) {
    const text = await textOf(item, file);
    const begin = performance.now();
    const survey = surveyOf(text);
    const proposals = new Map<string, Proposal>(proposeFrom(survey, fields, { ranker }).map((one) => [one.path, one]));
    const proofs = proven([...proposals.values()], survey);
    times.push(performance.now() - begin);
    for (const [path, truth] of Object.entries(item.truth)) {
      const field = fields.find((one) => one.path === path);
      if (field === undefined) continue;
      const entry = tally.get(path) ?? { n: 0, right: 0, recall: 0, proven: 0, wrong: 0 };
      tally.set(path, entry);
      const proposal = proposals.get(path);
      const right = same(proposal?.value ?? null, truth);
      const found = truth === null || optionsOf(field, [], survey).candidates.some((one) => same(one.value, truth));
      entry.n += 1;
      entry.proven += Number(proofs.has(path));
      entry.wrong += Number(proofs.has(path) && !right);
      entry.right += Number(right);
      entry.recall += Number(found);
      if (!right && (values.misses === path || (values.misses === "proven" && proofs.has(path)))) {
        console.log(
          item.id,
          path,
          proofs.get(path)?.join("+") ?? "",
          JSON.stringify(truth),
          "got",
          JSON.stringify(proposal?.value),
          (proposal?.probability ?? 0).toFixed(2),
          found ? "" : "NOT A CANDIDATE",
        );
      }
    }
  }
  times.sort((a, b) => a - b);
  console.log(
    `${file}: ${items.length} documents, median ${times[times.length >> 1]?.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms`,
  );
  for (const [path, { n, right, recall, proven: sure, wrong }] of tally) {
    console.log(
      `  ${path.padEnd(14)} n ${String(n).padStart(4)}  right ${(right / n).toFixed(3)}  recall ${(recall / n).toFixed(3)}  proven ${sure} (${wrong} wrong)`,
    );
  }
}

await reader.close();
