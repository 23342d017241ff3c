import { join } from "node:path";
import { z } from "zod";
import { money } from "../../src/index.ts";
import type { DocumentText } from "../../src/core/index.ts";
import type { Schema } from "../../src/ports/index.ts";
import { fieldsOf, surveyOf, type FieldSpec, type Survey } from "../../src/ranking/index.ts";
import { aloneText } from "../../src/steps/alone.ts";
import { type BenchItem, readItems } from "../items.ts";

/** What is read from each set: every field with a label, described in the same words to both sides. */
const name = () => z.string().meta({ weir: "name" });
const identifier = () => z.string().meta({ weir: "identifier" });

export const schemas: Readonly<Record<string, Schema>> = {
  sroie_receipt: z.object({
    company: name().describe("company that sold"),
    date: z.iso.date().describe("date of the receipt"),
    address: z.string().meta({ weir: "address" }).describe("address of the company"),
    total: money().describe("total amount paid"),
  }),
  einvoice_text: z.object({
    number: identifier().describe("invoice number"),
    issuedOn: z.iso.date().describe("invoice date"),
    total: money().describe("total amount including tax"),
    net: money().describe("net amount"),
    tax: money().describe("tax amount"),
    seller: z.object({ name: name().describe("name of the seller") }),
  }),
  invoice2data: z.object({
    number: identifier().describe("invoice number"),
    issuedOn: z.iso.date().describe("invoice date"),
    total: money().describe("total amount including tax"),
  }),
  adbuy: z.object({
    contractNumber: identifier().describe("contract number"),
    advertiser: name().describe("advertiser"),
    grossAmount: money().describe("gross amount"),
    flightFrom: z.iso.date().describe("first day of the flight"),
    flightTo: z.iso.date().describe("last day of the flight"),
  }),
};

export interface BenchDocument {
  readonly item: BenchItem;
  readonly text: DocumentText;
  readonly survey: Survey;
  /** As both sides are given it. */
  readonly document: string;
}

export interface BenchSet {
  readonly name: string;
  readonly schema: Schema;
  readonly fields: readonly FieldSpec[];
  readonly documents: readonly BenchDocument[];
}

/** @param count documents of the set at most, evenly spread over the file */
export async function readSet(folder: string, setName: string, count: number): Promise<BenchSet> {
  const schema = schemas[setName];
  if (schema === undefined) throw new Error(`There is no set ${setName}.`);
  const all = await readItems(join(folder, `${setName}.jsonl`), undefined);
  const step = Math.max(1, all.length / count);
  const some = Array.from({ length: Math.min(count, all.length) }, (_zero, at) => all[Math.floor(at * step)]);
  const documents = some.flatMap((one) =>
    one === undefined ? [] : [{ ...one, survey: surveyOf(one.text), document: aloneText(one.text) }],
  );
  return { name: setName, schema, fields: fieldsOf(schema), documents };
}
