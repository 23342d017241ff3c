import { expect, test } from "vitest";
import { z } from "zod";
import { money, nestBest } from "../core/index.ts";
import { readText } from "../document/flow/text.ts";
import { fieldsOf } from "./fields.ts";
import { proposeRows } from "./rows.ts";
import { surveyOf } from "./survey.ts";

const textOf = (text: string) => readText(new TextEncoder().encode(text), 10);

function rowsOf(schema: z.ZodObject, text: string) {
  const document = textOf(text);
  const proposals = proposeRows(fieldsOf(schema), surveyOf(document));
  const lines = document.pages.flatMap((page) => page.lines);
  expect(proposals.filter(({ spans, value }) => (spans.length === 0) !== (value === null))).toEqual([]);
  for (const { spans } of proposals) {
    for (const span of spans) expect(lines.find(({ line }) => line === span.line)?.text).toContain(span.text);
  }
  const decisions = proposals.map(({ path, value }) => [path, { value }] as const);
  return nestBest(Object.fromEntries(decisions) as Parameters<typeof nestBest>[0]);
}

const Things = z.object({
  things: z.array(
    z.object({
      article: z.string(),
      bought: z.iso.date().nullable(),
      condition: z.enum(["new", "used"]),
      insured: z.boolean().nullable(),
      count: z.int(),
    }),
  ),
});

const notice = `Notice of damage
We list what was damaged below.
Article              Bought        Condition    Insured   Count
Oak bookcase         12.03.2019    used         yes       1
with glass doors
Persian carpet       01.08.2021    used         no        2
Table lamp                         new                    1
Witnesses:
- Peter Krall
- Maria Osei, neighbour
  of the insured
Kind regards
`;

test("rows under headings are read column by column, in whatever order the schema has them", () => {
  expect(rowsOf(Things, notice)).toEqual({
    things: [
      { article: "Oak bookcase with glass doors", bought: "2019-03-12", condition: "used", insured: true, count: 1 },
      { article: "Persian carpet", bought: "2021-08-01", condition: "used", insured: false, count: 2 },
      { article: "Table lamp", bought: null, condition: "new", insured: null, count: 1 },
    ],
  });
});

test("a list under its name is read entry by entry, with or without objects", () => {
  const names = ["Peter Krall", "Maria Osei, neighbour of the insured"];
  expect(rowsOf(z.object({ witnesses: z.array(z.string()) }), notice)).toEqual({ witnesses: names });
  const Objects = z.object({ witnesses: z.array(z.object({ name: z.string().describe("witness") })) });
  expect(rowsOf(Objects, notice)).toEqual({ witnesses: names.map((name) => ({ name })) });
});

test("a list after its name is cut at its commas", () => {
  const Tags = z.object({ keywords: z.array(z.string()) });
  expect(rowsOf(Tags, "Report 7\nKeywords: wind, solar power; tariffs\nBody\n")).toEqual({
    keywords: ["wind", "solar power", "tariffs"],
  });
});

test("without headings the rows are those that hold every kind of value that is wanted", () => {
  const Movements = z.object({
    movements: z.array(z.object({ on: z.iso.date(), amount: money(), purpose: z.string() })),
  });
  const account = `Account 12, page 1
01.02.2026   Rent February           -850.00
03.02.2026   Salary Northwind       2,310.50
Balance                              1,460.50
09.02.2026   Bakery                    -4.20
`;
  expect(rowsOf(Movements, account)).toEqual({
    movements: [
      { on: "2026-02-01", amount: "-850.00", purpose: "Rent February" },
      { on: "2026-02-03", amount: "2310.50", purpose: "Salary Northwind" },
    ],
  });
});

test("a document without such a region has no rows, and rows of another table are not taken for them", () => {
  const Photos = z.object({ photos: z.array(z.object({ file: z.string(), takenOn: z.iso.date() })) });
  expect(rowsOf(Photos, notice)).toEqual({});
  expect(rowsOf(Things, "Dear Sir,\nnothing was damaged on 2 May 2026.\nRegards\n")).toEqual({});
  expect(rowsOf(z.object({ witnesses: z.array(z.string()) }), "There was nobody.\n")).toEqual({});
});
