import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { generateInvoice } from "../fixtures/invoices/generate.ts";
import { type Example, fit } from "../src/learning/fit.ts";
import { type FieldSpec, fieldsOf, type FieldType } from "../src/ranking/fields.ts";
import { proposeFrom } from "../src/ranking/propose.ts";
import { proven } from "../src/ranking/proven.ts";
import type { RankerProfile, Weights } from "../src/ranking/ranker.ts";
import { type Survey, surveyOf } from "../src/ranking/survey.ts";
import { type Json, valueAt } from "../src/core/index.ts";
import { createReader } from "../src/document/index.ts";
import { Invoice } from "../workflows/invoice/schema.ts";
import { exampleFor, generic as genericOf, sameTruth, seeded } from "./examples.ts";
import { handSet } from "./hand.ts";

/**
 * Learns the shipped ranker of the invoice workflow from generated invoices, once as plain text and once
 * as the PDF reader sees them, and scores it on others it has not seen. Nothing here is random: the
 * same numbers give the same file. `npm run train:ranker -- [--documents 1200] [--out FILE]`
 */
const { values } = parseArgs({
  options: {
    documents: { type: "string" },
    out: { type: "string" },
    on: { type: "string" },
    l2: { type: "string" },
    generic: { type: "string" },
  },
});
const documents = Number(values.documents ?? 2000);
const out = values.out ?? fileURLToPath(new URL("../workflows/invoice/profile/ranker.json", import.meta.url));
/** Serves schemas that nothing was learned for, by fields that are like those of an invoice and by type. */
const generic = values.generic ?? fileURLToPath(new URL("../src/ranking/generic-ranker.json", import.meta.url));
/** Pull towards the hand-set weights. */
const l2 = Number(values.l2 ?? 4e-3);
/** Stronger for weights by type: they serve fields that no invoice has. */
const typesL2 = l2 * 10;
const heldOutFrom = 1_000_000;
const heldOut = 400;

const fields = fieldsOf(Invoice);
const single = fields.filter((field) => field.array === null);
const reader = createReader();

interface Page {
  readonly survey: Survey;
  readonly truthOf: (field: FieldSpec) => string | null | undefined;
}

/** Even seeds as text, odd ones as PDF. */
async function pageOf(seed: number): Promise<Page> {
  const { pdf, text, truth } = generateInvoice(seed, seed % 3 === 0 ? { kind: "receipt" } : {});
  const bytes = seed % 2 === 0 ? new TextEncoder().encode(text) : pdf;
  const name = seed % 2 === 0 ? "invoice.txt" : "invoice.pdf";
  const read = await reader.read(bytes, { name, pagesMax: 20, bytesMax: 1e8, timeoutMs: 60_000 });
  return {
    survey: surveyOf(read),
    truthOf: (field) => valueAt(truth as unknown as Json, field.path) as string | null | undefined,
  };
}

async function learn(): Promise<RankerProfile> {
  const examples = new Map<string, Example[]>(single.map((field) => [field.path, []]));
  const lost = new Map<string, number>();
  for (let seed = 0; seed < documents; seed += 1) {
    const { survey, truthOf } = await pageOf(seed);
    const random = seeded(seed);
    for (const field of single) {
      const truth = truthOf(field);
      if (truth === undefined) continue;
      const example = exampleFor(field, single, survey, truth, random);
      if (example === null) lost.set(field.path, (lost.get(field.path) ?? 0) + 1);
      else examples.get(field.path)?.push(example);
    }
  }
  console.log("not among the candidates:", Object.fromEntries(lost));
  const paths: Record<string, Weights> = {};
  for (const [path, list] of examples) paths[path] = fit(list, { l2, stepsMax: 150, prior: handSet.paths[path] ?? {} });
  const types: Partial<Record<FieldType, Weights>> = { ...handSet.types };
  for (const type of new Set(single.map((field) => field.type))) {
    const list = single.filter((field) => field.type === type).flatMap((field) => examples.get(field.path) ?? []);
    types[type] = fit(list.map(genericOf), { l2: typesL2, stepsMax: 150, prior: handSet.types[type] ?? {} });
  }
  const learned = {
    from: "generated invoices and receipts",
    on: values.on ?? new Date().toISOString().slice(0, 10),
    documents,
  };
  return { schema: "weir.ranker/1", learned, paths, types };
}

async function score(ranker: RankerProfile): Promise<void> {
  const tally = new Map(single.map((field) => [field.path, { n: 0, right: 0, proven: 0, wrong: 0 }]));
  for (let seed = heldOutFrom; seed < heldOutFrom + heldOut; seed += 1) {
    const { survey, truthOf } = await pageOf(seed);
    const proposals = proposeFrom(survey, fields, { ranker });
    const proofs = proven(proposals, survey);
    for (const proposal of proposals) {
      const entry = tally.get(proposal.path);
      const truth = truthOf(proposal.field);
      if (entry === undefined || truth === undefined) continue;
      const right =
        truth === null ? proposal.value === null : proposal.value !== null && sameTruth(String(proposal.value), truth);
      entry.n += 1;
      entry.right += Number(right);
      entry.proven += Number(proofs.has(proposal.path));
      entry.wrong += Number(proofs.has(proposal.path) && !right);
      if (proofs.has(proposal.path) && !right) {
        console.log(`seed ${seed}: ${proposal.path} is ${truth}, proven is ${proposal.value}`);
      }
    }
  }
  for (const [path, { n, right, proven: sure, wrong }] of tally) {
    console.log(
      `${path.padEnd(16)} n ${n}  right ${(right / Math.max(1, n)).toFixed(3)}  proven ${sure} (${wrong} wrong)`,
    );
  }
}

const ranker = await learn();
for (const file of [out, generic]) writeFileSync(file, `${JSON.stringify(ranker, null, 1)}\n`);
await score(ranker);
await reader.close();
