import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readText } from "../../document/flow/text.ts";
import { candidatesOf } from "./candidates.ts";

const Order = z.object({
  number: z
    .string()
    .regex(/^\d{6}$/)
    .describe("order number, orders, Bestellungen"),
});

async function found(schema: z.ZodObject, text: string, name = "number") {
  const document = await readText(new TextEncoder().encode(text), 10);
  return (candidatesOf(schema, document).get(name) ?? []).map(({ value, score }) => [value, score]);
}

describe("a number in running text is taken for what the words beside it say", () => {
  test.each([
    ["Where is my order 104233?", 1],
    ["Order number: 104233", 1],
    ["Orders:\n104232\n104233", 1],
    ["Die Nummer meiner Bestellung ist 104233.", 1],
    ["Bestell-Nr. 104233", 1],
    ["Bestellnummer   Datum\n104233          12.03.2026", 1],
    ["Date          Order no.\n12 May 2026   104233", 1],
    ["PO 104233", 1],
    ["It is article 77, the blue one. Has 104233 been sent?", 0.5],
    ["order id=104233", 1],
    ["customer 300122 / order 104233", 1],
    ["Has 104233 been sent?", 0.5],
    ["> your order 104233", 0.5],
    ["Thanks\n-----Original Message-----\nOrder 104233", 0.5],
    ["It is 104233, which is my order.", 0.5],
  ])("%j: %d", async (text, score) => {
    expect(await found(Order, text)).toContainEqual(["104233", score]);
  });

  test.each([
    "My customer number is 104233.",
    "Invoice 104233 came today",
    "Meine Kundennummer lautet 104233",
    "Tel. 104233",
    "call 0171 104233",
    "104233 12",
    "1042331",
    "2026-104233",
    "A104233",
    "Rechnung:\n104233",
    "Order no.   Customer\n10/12       104233",
    "order 300122 / customer 104233",
  ])("%j: none of an order", async (text) => {
    expect((await found(Order, text)).map(([value]) => value)).not.toContain("104233");
  });
});

test("what an argument can be parses as its schema, each value once with its places", async () => {
  const Mail = z.object({ email: z.email(), on: z.iso.date(), total: z.string().meta({ weir: "money" }) });
  const text = "From: Jana <jana@mail.example>\nWrite to jana@mail.example by 3 May 2026.\nTotal: EUR 12.50\n";
  expect(await found(Mail, text, "email")).toEqual([["jana@mail.example", 0.5]]);
  expect((await found(Mail, text, "on")).map(([value]) => value)).toContain("2026-05-03");
  expect((await found(Mail, text, "total")).map(([value]) => value)).toContain("12.50");
});

test("a text without end costs no more than a long one", async () => {
  const text = `${"order 104233 ".repeat(20_000)}\n${"order 104234\n".repeat(3_000)}`;
  const values = (await found(Order, text)).map(([value]) => value);
  expect(values).toEqual(["104233"]);
});
