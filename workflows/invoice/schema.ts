import { z } from "zod";
import { money } from "weir";

const party = {
  name: z.string().meta({ weir: "name" }),
  address: z.string().nullable().meta({ weir: "address" }),
};

/** What is read from an invoice, a credit note or a receipt. Amounts of credit notes are negative. */
export const Invoice = z.object({
  number: z.string().meta({ weir: "identifier" }).describe("invoice number"),
  issuedOn: z.iso.date().describe("invoice date, issued"),
  dueOn: z.iso.date().nullable().describe("due date"),
  currency: z.string().length(3).nullable().meta({ weir: "currency" }).describe("currency, ISO 4217"),
  seller: z.object({
    ...party,
    vatId: z.string().nullable().meta({ weir: "vat" }).describe("VAT id of the seller"),
  }),
  buyer: z.object({ ...party, name: party.name.nullable() }),
  purchaseOrder: z.string().nullable().meta({ weir: "identifier" }).describe("purchase order, your order"),
  net: money().nullable().describe("net total, excluding tax"),
  tax: money().nullable().describe("tax total, VAT amount"),
  total: money().describe("gross total, including tax"),
  amountDue: money().nullable().describe("amount due, to pay"),
  iban: z.string().nullable().meta({ weir: "iban" }).describe("IBAN of the seller"),
  lines: z.array(
    z.object({
      description: z.string().meta({ weir: "text" }).describe("item description"),
      quantity: z.string().nullable().meta({ weir: "decimal" }).describe("quantity"),
      unitPrice: money().nullable().describe("unit price"),
      amount: money().describe("line amount"),
    }),
  ),
});
