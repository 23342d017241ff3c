import { measureOf, namingRank, roleOf } from "../lines/columns.ts";
import { type DateOrder, dateIn } from "../lines/dates.ts";
import { isBlank } from "../lines/absence.ts";
import { type Cell, type Row, cellsWith } from "../lines/rows.ts";
import { type Stretch, textOf, within } from "../lines/stretch.ts";
import { type Fact, type Value, nameKey, readAs, said, spanAt, stated } from "../fact.ts";
import type { ListName } from "../schema.ts";
import { cleanName, severityIn } from "./names.ts";
import { doseOf, frequencyOf, medicationOf } from "./medication.ts";
import { medicationStatusOf, problemStatusOf } from "./status.ts";
import { systemIn } from "../codes.ts";
import { lateralityOf } from "../lines/context.ts";
import { quantityOf } from "./quantities.ts";
import { namedByCode } from "./vaccines.ts";

/** Rows of tables → facts. Pure. */

export interface RowContext {
  readonly list: ListName;
  readonly order: DateOrder;
  /** Of the section. */
  readonly title: string;
}

/** @returns none for a row that only gives its entry another code, or that names nothing */
export function factsOfRow(row: Row, before: Row | null, context: RowContext): readonly Fact[] {
  if (before && codesAgain(row, before)) return [];
  const measures = context.list === "vitals" ? measuresOf(row, context) : [];
  if (measures.length > 0) return measures;
  const name = nameCell(row);
  if (!name) return [];
  const values = { ...common(row, name, context), ...own[context.list](row, name, context) };
  const fact: Fact = {
    list: context.list,
    values: stated(context.list, values),
    source: sourceOf(row),
    by: "rule",
    evidence: { "row.named": Number(row.header.titles.length > 0) },
  };
  return [context.list === "immunizations" && isBesideCode(row, name) ? namedByCode(fact) : fact];
}

/** Whether a row names its entry in a house's own words beside a code, rather than by what the code is called. */
const isBesideCode = (row: Row, name: Cell) =>
  cellsWith(row, "code").length > 0 && namingRank(row.header.titles[row.cells.indexOf(name)] ?? "") !== 0;

/**
 * What of a row is named: the column that names most exactly, else the group it is put in, else the first column
 * whose title says nothing.
 */
function nameCell(row: Row): Cell | null {
  const { cells, header } = row;
  if (header.titles.length === 0) return cells.find(({ text }) => text !== "") ?? null;
  const ranked = cells
    .map((cell, at) => ({ cell, rank: header.roles[at] === "name" ? namingRank(header.titles[at] ?? "") : null }))
    .filter(({ cell, rank }) => rank !== null && !isBlank(cell.text))
    .toSorted((a, b) => Number(a.rank) - Number(b.rank));
  const group = cellsWith(row, "group").find(({ text }) => !isBlank(text));
  if (ranked[0] || group || header.roles.includes("name")) return ranked[0]?.cell ?? group ?? null;
  return cells.find(({ text }, at) => !isBlank(text) && roleOf(header.titles[at] ?? "") === null) ?? null;
}

/**
 * A row below that begins with empty cells, has a code of its own and neither date nor status: the entry above in
 * another coding.
 */
function codesAgain(row: Row, before: Row): boolean {
  const { roles } = row.header;
  if (row.header !== before.header || !roles.includes("code") || !roles.includes("system")) return false;
  if (row.cells[0]?.text !== "" || before.cells.length === 0) return false;
  return cellsWith(row, "date", "status").length === 0 && cellsWith(row, "code").length > 0;
}

function sourceOf({ cells, line }: Row): Fact["source"] {
  const filled = cells.filter(({ text }) => text !== "");
  const [first, last] = [filled[0], filled.at(-1)];
  return first && last ? [spanAt({ line, start: first.start, end: last.end })] : [];
}

type Values = Readonly<Record<string, Value | undefined>>;

function common(row: Row, name: Cell, { list, order }: RowContext): Values {
  const code = cellsWith(row, "code").find(({ text }) => !isBlank(text));
  const [system] = cellsWith(row, "system");
  const printed = codeBehind(name.text);
  const date = dateOf(row, order);
  return {
    [nameKey[list]]: said(cleanName(name)),
    code: code ? coded(code, system, row) : printed ? readAs(printed, name) : undefined,
    date,
  };
}

/** With its system, which stands in the cell, in a column of its own or in the title of the column. */
function coded(code: Cell, system: Cell | undefined, { cells, header }: Row): Value | undefined {
  const titled = /^[\w.-]+$/.test(code.text) ? systemIn(header.titles[cells.indexOf(code)] ?? "") : null;
  const named = system && !isBlank(system.text) ? system.text : titled;
  return readAs(named === null ? code.text : `${named} ${code.text}`, code);
}

/** "Asthma (493.90, J45.909)", "Hypothyroidism, [40930008]". */
function codeBehind(text: string): string | null {
  const found =
    /[[(]((?:(?:rx ?norm|snomed(?:[- ]?ct)?|icd[- ]?\d+(?:[- ]cm)?|cvx|loinc|ndc|cpt)[:\s]*)?[A-Z]?\d[\w.]+(?:,\s*[A-Z]?\d[\w.]*)*)[\])]\s*$/i.exec(
      text,
    );
  return found?.[1] ?? null;
}

function dateOf(row: Row, order: DateOrder): Value | undefined {
  for (const cell of cellsWith(row, "date")) {
    const found = dateIn(cell.text, order);
    if (found) return readAs(found.value, within(cell, found.start, found.end));
  }
  for (const cell of cellsWith(row, "details")) {
    const found = /\b(?:onset|started|since|administered on|performed on|date)\b/i.test(cell.text)
      ? dateIn(cell.text, order)
      : null;
    if (found) return readAs(found.value, within(cell, found.start, found.end));
  }
  return undefined;
}

/** What a cell of details says behind a word: "Reaction: Hives Status: Active". */
function detail(row: Row, label: RegExp): Cell | undefined {
  for (const cell of cellsWith(row, "details", "other", "date")) {
    const match = label.exec(cell.text);
    if (!match) continue;
    const from = match.index + match[0].length;
    const rest = cell.text.slice(from);
    const stop =
      /(?:\b|(?<=\p{Ll}))(?:Status|Reaction|Severity|Comments?|Onset|Site|Lot ?#?|Indication|Started|Ended)\s*:|$/u.exec(
        rest,
      )?.index ?? rest.length;
    const text = rest.slice(0, stop).trim();
    const start = cell.start + from + rest.indexOf(text);
    if (text !== "") return { line: cell.line, start, end: start + text.length, text };
  }
  return undefined;
}

/** What the row's status is: of its column, of its details, of the line above the table. */
function statusOf(row: Row, read: (words: string) => string | null): Value | undefined {
  for (const cell of [...cellsWith(row, "status"), ...cellsWith(row, "details")]) {
    const status = read(cell.text);
    if (status !== null) return readAs(status, cell);
  }
  const caption = read(row.caption);
  return caption === null ? undefined : { value: caption, source: [] };
}

const filled = (cell: Cell | undefined) => (cell && !isBlank(cell.text) ? cell : undefined);

const isGeneric = ({ cells, header }: Row, name: Cell) => /generic/i.test(header.titles[cells.indexOf(name)] ?? "");

/** A substance and its strength in a column of its own are one drug: "albuterol" beside "90 mcg". */
function withStrength(name: Stretch, strength: Cell): Value | undefined {
  if (/\d/.test(textOf(name))) return said(name);
  return { value: `${textOf(name)} ${strength.text}`, source: [spanAt(name), spanAt(strength)] };
}

const historical: Value = { value: "historical", source: [] };

/** Of which diagnoses a list is: "hospital discharge diagnosis". */
export function kindOf(title: string): Value {
  return { value: title.toLowerCase().replaceAll(/\s+/g, " ").trim(), source: [] };
}

function conditionOf(row: Row, name: Cell, { order }: RowContext): Values {
  const status = statusOf(row, problemStatusOf);
  return {
    since: dateOf(row, order),
    ...(status ? { status } : {}),
    laterality: readAs(lateralityOf(name.text), name),
  };
}

/** What only entries of one list have. */
const own: Readonly<Record<ListName, (row: Row, name: Cell, context: RowContext) => Values>> = {
  problems: conditionOf,
  diagnoses: (row, name, context) => ({ ...conditionOf(row, name, context), kind: kindOf(context.title) }),
  pastHistory: (row, name, context) => ({ status: historical, ...conditionOf(row, name, context) }),
  medications: (row, name, { order }) => {
    const words = medicationOf(name);
    const directions = filled(cellsWith(row, "frequency")[0]);
    const strength = filled(cellsWith(row, "dose")[0]);
    return {
      name: strength && isGeneric(row, name) ? withStrength(words.name, strength) : said(words.name),
      dose: said((directions && doseOf(directions)) ?? strength ?? words.dose),
      frequency: said((directions && (frequencyOf(directions) ?? directions)) ?? words.frequency),
      status: statusOf(row, medicationStatusOf),
      since: dateOf(row, order),
    };
  },
  allergies: (row) => ({
    reaction: said(filled(cellsWith(row, "reaction")[0]) ?? detail(row, /reactions?\s*:/i)),
    severity: said(
      filled(cellsWith(row, "severity")[0]) ?? detail(row, /severity\s*:/i) ?? severityIn(cellsWith(row, "details")[0]),
    ),
    status: statusOf(row, problemStatusOf),
  }),
  immunizations: (row) => ({ status: said(filled(cellsWith(row, "status")[0])) }),
  procedures: () => ({}),
  results: (row, name) => measured(row, name),
  vitals: (row, name) => measured(row, name),
  familyHistory: (row) => ({
    relative:
      said(filled(cellsWith(row, "relative")[0])) ??
      (row.caption === "" ? undefined : { value: row.caption, source: [] }),
  }),
  followUp: () => ({}),
};

function measured(row: Row, name: Cell): Values {
  const unnamed = row.header.titles.length === 0;
  const value =
    filled(cellsWith(row, "value")[0]) ?? (unnamed ? filled(row.cells[row.cells.indexOf(name) + 1]) : undefined);
  const quantity = value && quantityOf(value);
  const unit = filled(cellsWith(row, "unit")[0]) ?? quantity?.unit;
  return {
    value: said(quantity ? quantity.value : value),
    unit: said(unit ?? null),
    range: said(filled(cellsWith(row, "range")[0])),
    flag: said(filled(cellsWith(row, "flag")[0])),
  };
}

/** A row a visit, with a column for every measurement. */
function measuresOf(row: Row, { order }: RowContext): readonly Fact[] {
  const date = dateOf(row, order);
  return row.cells.flatMap((cell, at): readonly Fact[] => {
    const name = measureOf(row.header.titles[at] ?? "");
    if (name === null || isBlank(cell.text)) return [];
    const quantity = quantityOf(cell);
    const values = {
      name: { value: name, source: [] },
      value: said(quantity?.value ?? cell),
      unit: said(quantity?.unit ?? null),
      date,
    };
    return [
      {
        list: "vitals",
        values: stated("vitals", values),
        source: [spanAt(cell)],
        by: "rule",
        evidence: { "row.named": 1 },
      },
    ];
  });
}
