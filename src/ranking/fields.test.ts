import { describe, expect, it } from "vitest";
import { z } from "zod";
import { money } from "../core/index.ts";
import { fieldsOf } from "./fields.ts";

const typesOf = (schema: z.ZodObject) => Object.fromEntries(fieldsOf(schema).map((field) => [field.path, field.type]));

describe("the fields of a schema", () => {
  it("have types from zod, from hints, and from what they are called", () => {
    const schema = z.object({
      total: money(),
      issuedOn: z.iso.date(),
      number: z.string().describe("invoice number"),
      iban: z.string(),
      currency: z.string(),
      seller: z.object({ name: z.string(), vatId: z.string(), address: z.string() }),
      contractNumber: z.string(),
      advertiser: z.string().meta({ weir: "name" }),
      remark: z.string(),
      count: z.int(),
      share: z.number(),
      kind: z.enum(["a", "b"]),
      urgent: z.boolean(),
    });
    expect(typesOf(schema)).toEqual({
      total: "money",
      issuedOn: "date",
      number: "identifier",
      iban: "iban",
      currency: "currency",
      "seller.name": "name",
      "seller.vatId": "vat",
      "seller.address": "address",
      contractNumber: "identifier",
      advertiser: "name",
      remark: "text",
      count: "integer",
      share: "decimal",
      kind: "enum",
      urgent: "boolean",
    });
  });

  it("know what may be absent, also inside of what may be absent", () => {
    const schema = z.object({
      a: z.string(),
      b: money().nullable(),
      c: z.object({ d: z.string() }).nullable(),
      e: z.string().optional(),
    });
    expect(fieldsOf(schema).map((field) => [field.path, field.nullable])).toEqual([
      ["a", false],
      ["b", true],
      ["c.d", true],
      ["e", true],
    ]);
  });

  it("know the array they are a column of, and the values of an enum", () => {
    const schema = z.object({ lines: z.array(z.object({ amount: money() })), kind: z.enum(["x", "y"]) });
    const [amount, kind] = fieldsOf(schema);
    expect([amount?.path, amount?.array, amount?.type]).toEqual(["lines.*.amount", "lines", "money"]);
    expect(kind?.options).toEqual(["x", "y"]);
  });

  it("mean what path and description say, wherever the description hangs", () => {
    const inner = z.object({ a: z.iso.date().describe("due date").nullable() });
    const outer = z.object({ a: z.iso.date().nullable().describe("due date") });
    for (const schema of [inner, outer]) expect(fieldsOf(schema)[0]?.meaning).toContain("due");
  });
});
