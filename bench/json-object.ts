// weir run bench/json-object.ts INPUT…: how a small model is usually asked for data, for comparison. It gets the
// document and writes one JSON object under a grammar. To its advantage only seven values are asked, lengths are
// bounded so that it cannot write for ever, and amounts may be written in any form. What it is told stands in
// src/slm/prompts.ts (objectInstruction); `weir demo` sets it beside the invoice workflow on the same model file.
import { extract, read, workflow } from "weir";
import { z } from "zod";

const text = z.string().max(60);
const amount = z.string().max(24);

const Header = z.object({
  number: text.describe("invoice number"),
  issuedOn: z.iso.date().describe("invoice date, issued"),
  dueOn: z.iso.date().nullable().describe("due date"),
  seller: z.object({ name: text.describe("name of the seller") }),
  net: amount.describe("net total, excluding tax"),
  tax: amount.describe("tax total, VAT amount"),
  total: amount.describe("gross total, including tax"),
});

export default workflow("json-object", { version: 1 })
  .step(read({ pagesMax: 20 }))
  .step(extract(Header, { decode: "grammar" }));
