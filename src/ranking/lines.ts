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
    if (!isBill(own)) return [];
    return lineItems(survey).flatMap((item, at) => own.flatMap((field) => proposalFor(field, item, at)));
  });
}

/** Whether the columns of an array are those of a bill's items. */
export function isBill(columns: readonly FieldSpec[]): boolean {
  const parts = new Set(columns.map(partOf));
  return parts.has("amount") && !parts.has(null);
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
function multiplied({ quantity, unitPrice, amount }: Pick<LineItem, "quantity" | "unitPrice" | "amount">): boolean {
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
  const amounts = survey
    .candidates("money")
    .filter((one) => one.traits.includes("cents") && !one.traits.includes("measure"));
  const labelOf = (one: Candidate) => survey.context(one).left.meaning;
  const end = amounts.find((one) => closesTable(labelOf(one)))?.row;
  const item = amounts.find(
    (one) => isItemRow(rows[one.row], one) || isBelowName(rows[one.row], rows[one.row - 1], one),
  );
  if (item === undefined || end === undefined || end <= item.row) return [];
  const first = isItemRow(rows[item.row], item) ? item.row : item.row - 1;
  return [{ columns: [], header: first - 1, first, end }];
}

/** "2 x 1,50   3,00" below the name of what was sold, as tills print it. */
function isBelowName(row: Row | undefined, above: Row | undefined, amount: Candidate): boolean {
  if (row === undefined || above === undefined || row.text.slice(amount.end).trim().length > 3) return false;
  const counts = /^\s*\d[\d.,]*\s?\p{L}{0,3}\s*[x×*@X]\s*\D{0,3}\d/u.test(row.text);
  return counts && /\p{L}{3}/u.test(above.text);
}

function isItemRow(row: Row | undefined, amount: Candidate): boolean {
  return (
    row !== undefined &&
    row.text.slice(amount.end).trim().length <= 3 &&
    /\p{L}{3}/u.test(row.text.slice(0, amount.start))
  );
}

/** A row of an item with its amount. */
interface Anchor {
  readonly row: Row;
  readonly amount: Candidate;
}

function itemsOf(table: Table, survey: Survey): readonly LineItem[] {
  const money = survey.candidates("money").filter((one) => !one.traits.includes("measure"));
  const numbers = survey.candidates("number").filter((one) => !one.traits.includes("percent"));
  const anchors: Anchor[] = [];
  for (const row of survey.layout.rows.slice(table.first, table.end)) {
    const own = money.filter((one) => one.row === row.index);
    const amount = amountOf(columnsFor(row, table), own);
    if (amount === null) continue;
    const multiplies =
      pairOf(
        numbers.filter((one) => one.row === row.index),
        own,
        amount,
      ) !== null;
    if (multiplies || !closesTable(survey.context(amount).left.meaning)) anchors.push({ row, amount });
  }
  const nameAbove = namesStandAbove(anchors[0], table, survey.layout);
  return anchors.map(({ row, amount }, at) => {
    const beside = [...money, ...numbers].filter((one) => one.row === row.index && one.end <= amount.start);
    const { quantity, unitPrice } = factors(columnsFor(row, table), beside, amount);
    const next = anchors[at + 1]?.row.index ?? table.end;
    const before = nameAbove ? (anchors[at - 1]?.row.index ?? table.first - 1) + 1 : row.index;
    const beyond = [quantity, unitPrice].filter((one) => one !== null);
    const sure = multiplied({ quantity, unitPrice, amount });
    const numbersBeside = beyond.filter((one) => sure || row.cells.some((cell) => cell.start === one.start));
    const end = wordsEnd(row, [...numbersBeside, amount], amount.start);
    return {
      row: row.index,
      description: describe(survey.layout, table, { row, end, before, next, counted: quantity !== null }),
      quantity,
      unitPrice,
      amount,
    };
  });
}

/** Where a row has no gaps, its words stand nowhere near their headings: the columns say nothing. */
function columnsFor(row: Row, table: Table): Table {
  return row.cells.length > 1 ? table : { ...table, columns: [] };
}

/** Whether the first item's name stands in the row above its numbers: then all names stand above. */
function namesStandAbove(first: Anchor | undefined, table: Table, layout: Layout): boolean {
  return first !== undefined && first.row.index > table.first && textCell(first.row, table, first.amount.start) === null
    ? /\p{L}{3}/u.test(layout.rows[first.row.index - 1]?.text ?? "")
    : false;
}

/** Where the words of an item's row end: before the first of its numbers that has words before it. */
function wordsEnd(row: Row, numbers: readonly Candidate[], latest: number): number {
  const starts = numbers.map((one) => one.start).filter((start) => /\p{L}{3}/u.test(row.text.slice(0, start)));
  return Math.min(...starts, latest);
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
  /** Offset where the words end. */
  readonly end: number;
  readonly before: number;
  readonly next: number;
  /** Whether its quantity was found: then numbers at the end of the words belong to them. */
  readonly counted: boolean;
}

/** Rows of text below an item that still belong to its description, at most. */
const continuedMax = 4;

/** The item's text: on its own row, else on the row above or below; then the rows that go on in the same column. */
function describe(layout: Layout, table: Table, stretch: Stretch): readonly Span[] {
  const { row, end, next, counted } = stretch;
  const own = textCell(row, table, end);
  const below = layout.rows.slice(row.index + 1, Math.min(next, row.index + 1 + continuedMax));
  if (own === null) return beneathOrAbove(layout, table, stretch);
  const spans = [spanOfCell(row, own, counted)];
  for (const other of below) {
    const cell = other.cells.find((one) => Math.abs(one.left - own.left) <= 2);
    if (other.page !== row.page || cell === undefined || !goesOn(cell, other)) break;
    spans.push(spanOfCell(other, cell, true));
  }
  return spans;
}

function beneathOrAbove(layout: Layout, table: Table, { row, before, next, counted }: Stretch): readonly Span[] {
  const below = layout.rows[row.index + 1];
  const above = layout.rows[row.index - 1];
  const under = row.index + 1 < next ? below : undefined;
  const over = row.index - 1 >= before ? above : undefined;
  for (const other of [over, under]) {
    const cell = other === undefined || other.page !== row.page ? null : textCell(other, table, Infinity);
    if (other !== undefined && cell !== null) return [spanOfCell(other, cell, counted)];
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

/** A quantity with its unit before the words: "25,00 stk. Office chair". */
const measured =
  /^-?\d[\d.,]*\s?(?:(?:stk|stck|st|pcs?|pz|ea|u|un|ud|uds|units?|uur|h|std|hrs?|hours?|stunden?|heures?|horas?|ore|timer|timmar|tim|days?|jours?|dage?|tage?|forfait|box|pack|set|pair|kg|g|l|m|m2|m²|lfm|cad|nr|x|×)\.?\s+|(?<=[.,]\d{1,2})\s+)(?=\p{L})/iu;

/** @param counted whether numbers at its end are words of the item, not its quantity or price */
function spanOfCell(row: Row, cell: Cell, counted: boolean): Span {
  const text = row.text.slice(cell.start, cell.end);
  const lead = (measured.exec(text) ?? /^[\d.)\s#-]{0,6}(?=\p{L})/u.exec(text))?.[0].length ?? 0;
  const tail =
    (counted ? /[\s,;*@-]*$/ : /(?:[\s\dx×X.,*@-]*(?:[x×X@*]|\d[.,]\d)[\s\dx×X.,*@-]*|\s*)$/).exec(
      text.slice(-24),
    )?.[0] ?? "";
  const end =
    (counted || (/\s/.test(tail) && /\d/.test(tail))) && text.length - tail.length > lead + 2
      ? cell.end - tail.length
      : cell.end;
  return spanOf(row.line, row.offset + cell.start + lead, row.offset + end);
}
