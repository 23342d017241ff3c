import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type Json, type JsonObject, jsonSchema } from "../../core/index.ts";
import { faultOf } from "./check.ts";
import { toDialect } from "./dialect.ts";
import { planOf, shownLoss } from "./plan.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** What the grammar would take, and what it names as lost. */
function judge(schema: JsonObject) {
  const { schema: written, losses } = toDialect(schema);
  const accepts = ajv.compile(written as object);
  return { written, accepts: (value: Json) => accepts(value), losses: losses.map(shownLoss) };
}

describe("what a grammar holds of a JSON schema", () => {
  test("is the schema itself where it holds everything", () => {
    const schema: JsonObject = {
      type: "object",
      properties: { kind: { enum: ["a", "b"] }, on: { type: "string", format: "date" }, tags: { type: "array" } },
      required: ["kind"],
      additionalProperties: false,
    };
    const { written, losses } = judge(schema);
    expect(losses).toEqual([]);
    expect(written).toEqual({
      ...schema,
      properties: {
        kind: { enum: ["a", "b"] },
        on: { type: "string", format: "date" },
        tags: { type: "array", items: {} },
      },
    });
  });

  test.each<[string, JsonObject, string]>([
    ["a pattern", { type: "string", pattern: "^a" }, "the whole: pattern (unchecked)"],
    ["a bound", { type: "number", maximum: 3 }, "the whole: maximum (unchecked)"],
    ["a long length", { type: "string", maxLength: 500 }, "the whole: maxLength (unchecked)"],
    ["a format nobody writes", { type: "string", format: "ipv4" }, "the whole: format (unchecked)"],
    ["unique items", { type: "array", uniqueItems: true }, "the whole: uniqueItems (unchecked)"],
    ["a negation", { type: "string", not: { const: "x" } }, "the whole: not (unchecked)"],
    ["a condition", { type: "object", if: {}, else: {} }, "the whole: if (unchecked)"],
    ["keys nobody named", { type: "object", properties: { a: {} } }, "the whole: additionalProperties (narrowed)"],
    ["a word JSON Schema does not have", { type: "string", "x-hint": 1 }, "the whole: x-hint (unknown)"],
    [
      "a choice that may fit twice",
      { oneOf: [{ type: "string" }, { type: "string" }] },
      "the whole: oneOf (unchecked)",
    ],
  ])("names %s", (_what, schema, loss) => {
    expect(judge(schema).losses).toContain(loss);
  });

  test("names where in the schema it was", () => {
    const lines = { type: "array", items: { type: "object", properties: { n: { type: "integer", multipleOf: 5 } } } };
    expect(judge({ type: "object", properties: { lines } }).losses).toContain("lines.*.n: multipleOf (unchecked)");
  });

  test("joins allOf, references and alternatives as the schema means them", () => {
    const { accepts, losses } = judge({
      $defs: { named: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } },
      allOf: [{ $ref: "#/$defs/named" }, { properties: { age: { type: "integer" } }, required: ["age"] }],
      unevaluatedProperties: false,
    });
    expect(accepts({ name: "n", age: 1 })).toBe(true);
    expect(accepts({ name: "n" })).toBe(false);
    expect(accepts({ name: 1, age: 1 })).toBe(false);
    expect(losses).toContain("the whole: unevaluatedProperties (unchecked)");
  });

  test("tells apart alternatives that a property or a type tells apart", () => {
    const shape = (kind: string) => ({
      type: "object",
      properties: { kind: { const: kind } },
      required: ["kind"],
      additionalProperties: false,
    });
    expect(judge({ oneOf: [shape("a"), shape("b")] }).losses).toEqual([]);
    expect(judge({ oneOf: [{ type: "string" }, { type: "null" }] }).losses).toEqual([]);
  });

  test("leaves values of an enum out that the rest of the schema forbids", () => {
    expect(judge({ type: "string", enum: ["a", 1, "abc"], minLength: 2 }).written).toEqual({ const: "abc" });
  });

  test("counts small ranges of whole numbers", () => {
    expect(judge({ type: "integer", minimum: 1, maximum: 3 }).written).toEqual({ enum: [1, 2, 3] });
  });

  test("holds schemas that hold themselves", () => {
    const tree: JsonObject = {
      type: "object",
      properties: { value: { type: "integer" }, next: { $ref: "#" } },
      required: ["value"],
      additionalProperties: false,
    };
    const { accepts, losses } = judge(tree);
    expect(accepts({ value: 1, next: { value: 2 } })).toBe(true);
    expect(accepts({ value: 1, next: { value: "2" } })).toBe(false);
    expect(losses).toEqual([]);
  });

  test("ends on schemas that grow without end", () => {
    const branches = Array.from({ length: 12 }, (_, i) => ({
      properties: { [`p${i}`]: { $ref: "#", title: "x", minProperties: 1 } },
    }));
    expect(judge({ anyOf: branches }).losses.length).toBeGreaterThan(0);
  });

  test("follows the draft: beside a reference nothing counted before 2019", () => {
    const schema = { $ref: "#/definitions/a", minLength: 3, definitions: { a: { type: "string" } } };
    expect(judge({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }).losses).toEqual([
      "the whole: beside $ref (unknown)",
    ]);
    expect(judge(schema).accepts("ab")).toBe(false);
  });
});

describe("a decode plan", () => {
  const Invoice = z.object({
    kind: z.literal("invoice"),
    currency: z.enum(["EUR", "USD"]).nullable(),
    paid: z.boolean(),
    number: z.string().describe("invoice number"),
    issuedOn: z.iso.date(),
    count: z.number().optional(),
    terms: z.string().meta({ weir: "prose" }),
    seller: z.object({ vatId: z.string().nullable() }),
    lines: z.array(z.object({ amount: z.number(), tax: z.enum(["0", "20"]) })),
    extra: z.union([z.string(), z.object({ a: z.string() })]),
    more: z.record(z.string(), z.string()),
  });

  test("gives every path the way it is decided", () => {
    const { paths, arrays } = planOf(jsonSchema(Invoice));
    expect(Object.fromEntries(paths.map(({ path, strategy }) => [path, strategy]))).toEqual({
      kind: "compute",
      currency: "choose",
      paid: "choose",
      number: "point",
      issuedOn: "point",
      count: "point",
      terms: "write",
      "seller.vatId": "point",
      "lines.*.amount": "point",
      "lines.*.tax": "choose",
      extra: "grammar",
      more: "grammar",
    });
    expect(arrays).toEqual(["lines"]);
  });

  test("says what each path is called, which values it has and whether it may be absent", () => {
    const byPath = new Map(planOf(jsonSchema(Invoice)).paths.map((one) => [one.path, one]));
    expect(byPath.get("currency")).toMatchObject({ values: ["EUR", "USD"], nullable: true, label: "currency" });
    expect(byPath.get("number")).toMatchObject({ label: "invoice number", nullable: false, optional: false });
    expect(byPath.get("seller.vatId")).toMatchObject({ label: "seller vat id", nullable: true });
    expect(byPath.get("count")?.optional).toBe(true);
    expect(byPath.get("kind")?.values).toEqual(["invoice"]);
    expect(byPath.get("issuedOn")?.type).toBe("date");
  });

  test("refuses what has no answer, and says what", () => {
    const schema = {
      type: "object",
      properties: { a: { $ref: "https://elsewhere/x.json" } },
      required: ["a"],
    } as const;
    expect(() => planOf(schema)).toThrow("a: $ref (impossible)");
    expect(() => planOf({ not: {}, type: [] })).toThrow("type (impossible)");
  });
});

test("an answer that breaks what the grammar does not hold is known by what it breaks", () => {
  const schema = { type: "object", properties: { n: { type: "number", maximum: 3 } } } as const;
  expect(faultOf(schema, { n: 2 })).toBeNull();
  expect(faultOf(schema, { n: 4 })).toMatch(/^n: /);
});
