import type { Cell, Row } from "../candidates/index.ts";
import type { FieldSpec } from "./fields.ts";
import { likeness, meaningOf } from "./labels.ts";
import { isBill } from "./lines.ts";
import { listItems } from "./list.ts";
import type { Proposal } from "./proposal.ts";
import { cellValue, type Found, typedValues } from "./row-values.ts";
import type { Survey } from "./survey.ts";

/**
 * Lists of other things than the items of a bill: first the region of the page that holds them, then its rows, then
 * the values of a row. Without a region there are no rows: nothing is made up.
 */

/** Rows of a list that are read, at most. */
const rowsMax = 500;
/** A heading that fits its column less is none. */
const fitMin = 0.45;
/** Line heights between two rows of one region, at most. */
const gapMax = 2.6;

/** One row of a list: what stands there for each column. */
type Item = ReadonlyMap<FieldSpec, Found>;

/** Proposes `bookings.N.column` for arrays that are no items of a bill. */
export function proposeRows(fields: readonly FieldSpec[], survey: Survey): readonly Proposal[] {
  const columns = fields.filter((field) => field.array !== null);
  return [...Map.groupBy(columns, (field) => field.array).values()].flatMap((own) => {
    if (isBill(own)) return [];
    const headed = headedRows(own, survey);
    const items = headed.length > 0 ? headed : own.length === 1 ? listed(own, survey) : repeatedRows(own, survey);
    return items
      .slice(0, rowsMax)
      .flatMap((item, at) => own.map((field) => proposalFor(field, item.get(field), at, headed.length > 0)));
  });
}

function proposalFor(field: FieldSpec, found: Found | undefined, at: number, headed: boolean): Proposal {
  const value = found === undefined ? null : field.numeric ? Number(found.value) : found.value;
  const probability = headed ? 0.7 : 0.5;
  const spans = found?.spans ?? [];
  return {
    path: field.path.replace("*", String(at)),
    field,
    value,
    probability,
    margin: probability,
    spans,
    ranked: [{ value, probability, spans, labels: [] }],
    evidence: { "row.headed": Number(headed) },
  };
}

function listed(own: readonly FieldSpec[], survey: Survey): readonly Item[] {
  return own.flatMap((field) => listItems(field, survey).map((found): Item => new Map([[field, found]])));
}

/** Rows under headings that say what the columns are. */
function headedRows(own: readonly FieldSpec[], survey: Survey): readonly Item[] {
  const { rows } = survey.layout;
  const wanted = Math.max(2, Math.ceil(own.length / 2));
  let best: { readonly header: Row; readonly columns: ReadonlyMap<Cell, FieldSpec> } | null = null;
  for (const row of rows) {
    const columns = columnsOf(row, own);
    if (columns.size >= wanted && columns.size > (best?.columns.size ?? 0)) best = { header: row, columns };
  }
  return best === null ? [] : rowsUnder(best.header, best.columns, survey);
}

/** Each heading with the field that it names best. */
function columnsOf(row: Row, own: readonly FieldSpec[]): ReadonlyMap<Cell, FieldSpec> {
  const fits = row.cells.flatMap((cell) => {
    if (cell.text.length > 40 || /\d{2}/.test(cell.text)) return [];
    const meaning = meaningOf(cell.text);
    return own.map((field) => ({
      cell,
      field,
      fit: Math.max(likeness(meaning, field.meaning), likeness(meaning, field.named)),
    }));
  });
  const columns = new Map<Cell, FieldSpec>();
  const taken = new Set<FieldSpec>();
  for (const { cell, field, fit } of fits.toSorted((a, b) => b.fit - a.fit)) {
    if (fit < fitMin || columns.has(cell) || taken.has(field)) continue;
    columns.set(cell, field);
    taken.add(field);
  }
  return columns;
}

function rowsUnder(header: Row, columns: ReadonlyMap<Cell, FieldSpec>, survey: Survey): readonly Item[] {
  const items: Map<FieldSpec, Found>[] = [];
  let before = header;
  for (const row of survey.layout.rows.slice(header.index + 1)) {
    if (row.page === before.page && row.top - before.top > gapMax) break;
    before = row;
    if (row.text.trim() === header.text.trim()) continue;
    const found = valuesUnder(row, header, columns, survey);
    const [only, ...others] = found.keys();
    const last = items.at(-1);
    if (only !== undefined && others.length > 0) items.push(found);
    else if (only?.type === "text" && last !== undefined && goesOn.test(row.text)) goOn(last, only, found);
    else break;
  }
  return items;
}

/** A row whose words belong to the row above: they begin in the middle of a sentence. */
const goesOn = /^\s*[\p{Ll}(]/u;

/** A text that goes on in the row below. */
function goOn(item: Map<FieldSpec, Found>, field: FieldSpec, more: ReadonlyMap<FieldSpec, Found>): void {
  const [begun, rest] = [item.get(field), more.get(field)];
  if (rest === undefined) return;
  item.set(
    field,
    begun === undefined ? rest : { value: `${begun.value} ${rest.value}`, spans: [...begun.spans, ...rest.spans] },
  );
}

function valuesUnder(
  row: Row,
  header: Row,
  columns: ReadonlyMap<Cell, FieldSpec>,
  survey: Survey,
): Map<FieldSpec, Found> {
  const found = new Map<FieldSpec, Found>();
  for (const cell of row.cells) {
    const heading = header.cells.toSorted((a, b) => distance(a, cell) - distance(b, cell))[0];
    const field = heading === undefined ? undefined : columns.get(heading);
    if (field === undefined || found.has(field)) continue;
    const value = cellValue(field, row, cell, survey);
    if (value !== null) found.set(field, value);
  }
  return found;
}

/** Columns between two stretches, by whichever edge fits best; overlapping ones are nearer the more they share. */
function distance(a: Cell, b: Cell): number {
  const shared = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  if (shared > 0) return -shared / Math.max(1, Math.min(a.right - a.left, b.right - b.left));
  return Math.min(Math.abs(a.left - b.left), Math.abs(a.right - b.right), -shared);
}

/**
 * Without headings: the longest run of rows that each hold a value of every kind that is wanted. Rows under
 * headings are of the table that these name, and it is another one.
 */
function repeatedRows(own: readonly FieldSpec[], survey: Survey): readonly Item[] {
  let best: readonly Item[] = [];
  let run: Item[] = [];
  let before: Row | undefined;
  let isForeign = false;
  for (const row of survey.layout.rows) {
    const item = typedValues(own, row, survey);
    const isNear = before !== undefined && (row.page !== before.page || row.top - before.top <= gapMax);
    if (item === null || !isNear) [run, isForeign] = [[], isHeading(row)];
    if (item !== null && !isForeign) run.push(item);
    if (run.length > best.length) best = [...run];
    before = row;
  }
  return best.length < 2 ? [] : best;
}

function isHeading({ cells, text }: Row): boolean {
  return (
    cells.length > 1 && !/\d/.test(text) && cells.every((cell) => cell.text.length <= 40 && !cell.text.endsWith(":"))
  );
}
