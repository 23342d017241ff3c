import type { Candidate, Cell, Column, ColumnRole, Layout, Row, Table } from "../candidates/index.ts";
import { Money, type Span, spanOf } from "../core/index.ts";
import { closesTable } from "./concepts.ts";
import type { FieldSpec } from "./fields.ts";
import { meaningOf } from "./labels.ts";
import type { Proposal } from "./proposal.ts";
import type { Survey } from "./survey.ts";

/** Items of a table that are proposed, at most. */
const linesMax = 500;

/** One item: the row its amount stands on, and the text of the rows that belong to it. */
interface LineItem {
  readonly row: number;
  readonly description: readonly Span[];
  readonly quantity: Candidate | null;
  readonly unitPrice: Candidate | null;
  readonly amount: Candidate;
}

/** Proposes `lines.N.column` for the columns of an array of objects that has an amount among them. */
export function proposeLines(fields: readonly FieldSpec[], survey: Survey): readonly Proposal[] {
  const columns = fields.filter((field) => field.array !== null);
  const arrays = [...new Set(columns.map((field) => field.array))];
  return arrays.flatMap((array) => {
    const own = columns.filter((field) => field.array === array);
    if (!own.some((field) => partOf(field) === "amount")) return [];
    return lineItems(survey).flatMap((item, at) => own.flatMap((field) => proposalFor(field, item, at)));
  });
}

type Part = "description" | "quantity" | "unitPrice" | "amount";

function partOf({ meaning, type }: FieldSpec): Part | null {
  if (type === "money") return meaning.has("unitPrice") ? "unitPrice" : "amount";
  if (meaning.has("quantity")) return "quantity";
  return type === "text" || type === "name" ? "description" : null;
}

function proposalFor(field: FieldSpec, item: LineItem, at: number): readonly Proposal[] {
  const part = partOf(field);
  if (part === null) return [];
  const path = field.path.replace("*", String(at));
  const multiplies = multiplied(item);
  const probability = multiplies ? 0.95 : 0.6;
  const evidence = { "line.multiplies": Number(multiplies) };
  const spans = part === "description" ? item.description : (item[part]?.spans ?? []);
  const text = item.description.map((span) => span.text.trim().replaceAll(/\s+/g, " ")).join(" ");
  const value = part === "description" ? (text === "" ? null : text) : (item[part]?.value ?? null);
  const json = value !== null && field.numeric ? Number(value) : value;
  return [
    {
      path,
      field,
      value: json,
      probability,
      margin: probability,
      spans,
      ranked: [{ value: json, probability, spans, labels: [] }],
      evidence,
    },
  ];
}

/** Whether quantity times unit price is the amount. */
function multiplied({ quantity, unitPrice, amount }: LineItem): boolean {
  if (quantity === null || unitPrice === null) return false;
  return Money.of(unitPrice.value).times(quantity.value).round(2).eq(Money.of(amount.value));
}

const known = new WeakMap<Survey, readonly LineItem[]>();

/** The items of all tables of the document, in order. */
export function lineItems(survey: Survey): readonly LineItem[] {
  const cached = known.get(survey);
  if (cached !== undefined) return cached;
  const tables = survey.tables.length > 0 ? survey.tables : headless(survey);
  const items = tables.flatMap((table) => itemsOf(table, survey)).slice(0, linesMax);
  known.set(survey, items);
  return items;
}

/** Without a heading: from the first row with text and an amount at its end to the first sum. */
function headless(survey: Survey): readonly Table[] {
  const { rows } = survey.layout;
  const amounts = survey.candidates("money").filter((one) => one.traits.includes("cents"));
  const labelOf = (one: Candidate) => survey.context(one).left.meaning;
  const end = amounts.find((one) => closesTable(labelOf(one)))?.row;
  const first = amounts.find((one) => isItemRow(rows[one.row], one))?.row;
  if (first === undefined || end === undefined || end <= first) return [];
  return [{ columns: [], header: first - 1, first, end }];
}

function isItemRow(row: Row | undefined, amount: Candidate): boolean {
  return (
    row !== undefined &&
    row.text.slice(amount.end).trim().length <= 3 &&
    /\p{L}{3}/u.test(row.text.slice(0, amount.start))
  );
}

function itemsOf(table: Table, survey: Survey): readonly LineItem[] {
  const money = survey.candidates("money");
  const numbers = survey.candidates("number").filter((one) => !one.traits.includes("percent"));
  const anchors: { readonly row: Row; readonly amount: Candidate }[] = [];
  for (const row of survey.layout.rows.slice(table.first, table.end)) {
    const amount = amountOf(
      table,
      money.filter((one) => one.row === row.index),
    );
    if (amount !== null && !closesTable(survey.context(amount).left.meaning)) anchors.push({ row, amount });
  }
  return anchors.map(({ row, amount }, at) => {
    const beside = [...money, ...numbers].filter((one) => one.row === row.index && one.end <= amount.start);
    const { quantity, unitPrice } = factors(table, beside, amount);
    const next = anchors[at + 1]?.row.index ?? table.end;
    const before = at === 0 ? table.first : row.index;
    return {
      row: row.index,
      description: describe(survey.layout, table, { row, amount, before, next }),
      quantity,
      unitPrice,
      amount,
    };
  });
}

/** The amount under the heading of the last column of amounts; without a heading the last one of the row. */
function amountOf(table: Table, beside: readonly Candidate[]): Candidate | null {
  const cents = beside.filter((one) => one.traits.includes("cents"));
  const heading = table.columns.findLast(({ role }) => role === "amount");
  const under = heading === undefined ? [] : cents.filter((one) => offset(one, heading) <= 6);
  const best = under.toSorted((a, b) => offset(a, heading ?? a) - offset(b, heading ?? b))[0];
  return best ?? cents.at(-1) ?? null;
}

interface Extent {
  readonly left: number;
  readonly right: number;
}

/** Columns between two stretches, by whichever edge or middle fits best; 0 where one lies within the other. */
function offset(a: Extent, b: Extent): number {
  if (a.left < b.right && b.left < a.right) return 0;
  return Math.min(
    Math.abs(a.right - b.right),
    Math.abs(a.left - b.left),
    Math.abs(a.left + a.right - b.left - b.right) / 2,
  );
}

/** Quantity and unit price: two numbers whose product is the amount, else those under their headings. */
function factors(
  table: Table,
  beside: readonly Candidate[],
  amount: Candidate,
): { readonly quantity: Candidate | null; readonly unitPrice: Candidate | null } {
  const numbers = beside.filter((one) => one.kind === "number");
  const prices = beside.filter((one) => one.kind === "money");
  const product = pairOf(numbers, prices, amount);
  if (product !== null) return product;
  const quantity = nearest(numbers, column(table, "quantity"));
  const unitPrice = nearest(
    prices.filter((one) => one.start !== quantity?.start),
    column(table, "unitPrice"),
  );
  return { quantity, unitPrice };
}

function pairOf(
  numbers: readonly Candidate[],
  prices: readonly Candidate[],
  amount: Candidate,
): { quantity: Candidate; unitPrice: Candidate } | null {
  const wanted = Money.of(amount.value);
  if (wanted.eq(Money.of("0"))) return null;
  for (const unitPrice of prices.toReversed()) {
    for (const quantity of numbers) {
      if (quantity.start === unitPrice.start || quantity.value.length > 9) continue;
      if (Money.of(unitPrice.value).times(quantity.value).round(2).eq(wanted)) return { quantity, unitPrice };
    }
  }
  return null;
}

function column(table: Table, role: ColumnRole): Column | undefined {
  return table.columns.find((one) => one.role === role);
}

function nearest(candidates: readonly Candidate[], under: Column | undefined): Candidate | null {
  if (under === undefined) return null;
  const fitting = candidates.filter((one) => offset(one, under) <= 3);
  return fitting.toSorted((a, b) => offset(a, under) - offset(b, under))[0] ?? null;
}

interface Stretch {
  readonly row: Row;
  readonly amount: Candidate;
  readonly before: number;
  readonly next: number;
}

/** Rows of text below an item that still belong to its description, at most. */
const continuedMax = 4;

/** The item's text: on its own row, else on the row above or below; then the rows that go on in the same column. */
function describe(layout: Layout, table: Table, { row, amount, before, next }: Stretch): readonly Span[] {
  const own = textCell(row, table, amount.start);
  const below = layout.rows.slice(row.index + 1, Math.min(next, row.index + 1 + continuedMax));
  if (own === null) return beneathOrAbove(layout, table, { row, amount, before, next });
  const spans = [spanOfCell(row, own)];
  for (const other of below) {
    const cell = other.cells.find((one) => Math.abs(one.left - own.left) <= 2);
    if (other.page !== row.page || cell === undefined || !goesOn(cell, other)) break;
    spans.push(spanOfCell(other, cell));
  }
  return spans;
}

function beneathOrAbove(layout: Layout, table: Table, { row, before, next }: Stretch): readonly Span[] {
  const below = layout.rows[row.index + 1];
  const above = layout.rows[row.index - 1];
  for (const other of [row.index + 1 < next ? below : undefined, row.index - 1 >= before ? above : undefined]) {
    const cell = other === undefined || other.page !== row.page ? null : textCell(other, table, Infinity);
    if (other !== undefined && cell !== null) return [spanOfCell(other, cell)];
  }
  return [];
}

/** The cell with the text of an item: under its heading where there is one, else the one with the most letters. */
function textCell(row: Row, table: Table, before: number): Cell | null {
  const cells = row.cells
    .filter((cell) => cell.start < before)
    .map((cell) => (cell.end > before ? cutAt(cell, row, before) : cell))
    .filter((cell) => letters(cell) >= 2);
  const heading = column(table, "description");
  const under = heading === undefined ? [] : cells.filter((cell) => offset(cell, heading) <= 2);
  return (under.length > 0 ? under : cells).toSorted((a, b) => letters(b) - letters(a))[0] ?? null;
}

function cutAt(cell: Cell, row: Row, end: number): Cell {
  return { ...cell, end, text: row.text.slice(cell.start, end) };
}

function letters(cell: Cell): number {
  return cell.text.replaceAll(/[^\p{L}]/gu, "").length;
}

function goesOn(cell: Cell, row: Row): boolean {
  return (
    letters(cell) >= 2 &&
    row.cells.length <= 2 &&
    !/\d[.,]\d{2}(?!\d)/.test(row.text) &&
    !closesTable(meaningOf(cell.text.slice(0, 40)))
  );
}

function spanOfCell(row: Row, cell: Cell): Span {
  const text = row.text.slice(cell.start, cell.end);
  const lead = /^[\d.)\s#-]{0,6}(?=\p{L})/u.exec(text)?.[0].length ?? 0;
  const tail = /[\s\dx×X.,*@-]{0,24}$/.exec(text)?.[0] ?? "";
  const end =
    /\s/.test(tail) && /\d/.test(tail) && text.length - tail.length > lead + 2 ? cell.end - tail.length : cell.end;
  return spanOf(row.line, row.offset + cell.start + lead, row.offset + end);
}
