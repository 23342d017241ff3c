// What is measured on contracts: long running text, values that it may not state, and free text. For
// `node bench/learn-fields.ts ITEMS.jsonl bench/contract.ts`.
import { extract, read, workflow } from "weir";
import { z } from "zod";

const Contract = z.object({
  effectiveDate: z.iso.date().nullable().describe("effective date of the agreement"),
  jurisdiction: z.string().nullable().describe("state or country whose laws govern the agreement"),
  term: z.string().nullable().describe("how long the agreement lasts"),
});

export default workflow("contract", { version: 1 })
  .step(read({ pagesMax: 40 }))
  .step(extract(Contract));
