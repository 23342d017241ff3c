import type { DocumentText, Line } from "weir";
import { type Value, readAs, said } from "./fact.ts";
import { type DateOrder, dateIn } from "./lines/dates.ts";

/** Who the record is about: what labels say, and what the first sentence says. Pure. */

export interface Patient {
  readonly name: Value | null;
  readonly birthDate: Value | null;
  readonly sex: Value | null;
  /** Names and birth dates that differ from those: another person may be in the record. */
  readonly others: readonly { readonly path: string; readonly value: string; readonly line: Line }[];
}

const nameLabel = /\b(?:patient(?:'s)?(?: name)?|name of patient|pt(?: name)?|name)\s*[:|]\s*(?=\S)/gi;
const birthLabel = /\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born(?: on)?|birth time)\s*[:|]?\s*(?=\S)/gi;
const sexLabel = /\b(?:sex|gender|administrative (?:sex|gender))\s*[:|]\s*(?=\S)/gi;
/** Where a name ends: the next label, a wide gap, a bar. */
const nameEnds =
  /\s{2,}|\||\t|[,;(]?\s*\b(?:sex|gender|d\.?o\.?b\.?|date of birth|birth ?date|born|age|mrn|mr ?#|medical record|id|account|acct|address|phone|visit|date|ssn|room|provider|physician|attending|admi\w+)\b\s*[:#.(]?|[,;(]\s*(?:an?\s+)?(?:\d|(?:fe)?male\b|[mf]\b(?![.’']))|[;(]/i;
/** What sex stands right behind a name: "Ada Quill, female, born …". */
const sexBehind = /^\s*[,;(/]\s*(?=(?:(?:fe)?male|[mf])\b(?![.’']))/i;
const nameWords = /^\p{L}[\p{L}\p{M}'’.,-]*(?:\s+[\p{L}\d][\p{L}\p{M}\d'’.,-]*){0,7}$/u;
const agedPerson =
  /\b\d{1,3}[- ]?(?:year|yr|y|month|week|day)s?[- ]?(?:old|o)?\b[^.]{0,40}?\b(?<sex>male|female|man|woman|boy|girl|gentleman|lady)\b/i;

/** Lines of a head: labels further down are those of relatives, of contacts, of other documents. */
export function patientOf(text: DocumentText, order: DateOrder): Patient {
  const lines = text.pages.flatMap((page) => page.lines);
  const names: Found[] = [];
  const births: Found[] = [];
  const sexes: Found[] = [];
  for (const line of lines) {
    if (
      /\b(?:emergency contact|next of kin|guardian|mother|father|provider|physician|guarantor|subscriber|insured)\b/i.test(
        line.text,
      )
    )
      continue;
    for (const label of line.text.matchAll(nameLabel)) {
      const named = nameAfter(line, label.index + label[0].length, label[0]);
      names.push(...named);
      for (const { end } of named) {
        const behind = sexBehind.exec(line.text.slice(end));
        if (behind) sexes.push(...sexAfter(line, end + behind[0].length));
      }
    }
    for (const label of line.text.matchAll(birthLabel))
      births.push(...birthAfter(line, label.index + label[0].length, order));
    for (const label of line.text.matchAll(sexLabel)) sexes.push(...sexAfter(line, label.index + label[0].length));
  }
  const [name] = names.toSorted((a, b) => b.weight - a.weight);
  const [birth] = births;
  const aged = sexes.length === 0 ? agedIn(lines) : null;
  return {
    name: name?.value ?? null,
    birthDate: birth?.value ?? null,
    sex: sexes[0]?.value ?? aged,
    others: [
      ...differing("patient.name", name, names, sameName),
      ...differing("patient.birthDate", birth, births, (a, b) => a === b),
    ],
  };
}

interface Found {
  readonly value: Value;
  readonly line: Line;
  /** A label that names the patient says more than "name". */
  readonly weight: number;
}

function nameAfter(line: Line, start: number, label: string): readonly (Found & { readonly end: number })[] {
  const rest = line.text.slice(start);
  const text = rest.slice(0, nameEnds.exec(rest)?.index).replace(/[\s,.-]+$/, "");
  const weight = /patient|pt/i.test(label) ? 2 : 1;
  if (!nameWords.test(text) || /^(?:is|was|has|name|the|a|an|unknown|none|not)\b/i.test(text)) return [];
  if (!/^\p{Lu}/u.test(text) && weight < 2) return [];
  const end = start + text.length;
  const value = said({ line, start, end });
  return value ? [{ value, line, weight, end }] : [];
}

function birthAfter(line: Line, start: number, order: DateOrder): readonly Found[] {
  const rest = line.text.slice(start, start + 40);
  const found = dateIn(rest, order);
  if (!found || found.start > 12 || found.value.length !== 10) return [];
  const value = readAs(found.value, { line, start: start + found.start, end: start + found.end });
  return value ? [{ value, line, weight: 1 }] : [];
}

function sexAfter(line: Line, start: number): readonly Found[] {
  const word = /^(?:male|female|man|woman|m|f|other|unknown|undifferentiated|u|un|x)\b/i.exec(
    line.text.slice(start),
  )?.[0];
  const sex = word && sexOf(word);
  const value = sex ? readAs(sex, { line, start, end: start + (word?.length ?? 0) }) : undefined;
  return value ? [{ value, line, weight: 1 }] : [];
}

function sexOf(word: string): string {
  if (/^(?:f|female|woman|girl|lady)$/i.test(word)) return "female";
  if (/^(?:m|male|man|boy|gentleman)$/i.test(word)) return "male";
  return /^(?:other|undifferentiated|un|x)$/i.test(word) ? "other" : "unknown";
}

function agedIn(lines: readonly Line[]): Value | null {
  for (const line of lines) {
    const found = agedPerson.exec(line.text);
    const word = found?.groups?.["sex"];
    if (!found || !word) continue;
    const start = found.index + found[0].length - word.length;
    return readAs(sexOf(word), { line, start, end: start + word.length }) ?? null;
  }
  return null;
}

function differing(
  path: string,
  chosen: Found | undefined,
  all: readonly Found[],
  same: (a: string, b: string) => boolean,
): Patient["others"] {
  if (!chosen) return [];
  return all
    .filter((one) => one.weight >= chosen.weight && !same(String(one.value.value), String(chosen.value.value)))
    .map(({ value, line }) => ({ path, value: String(value.value), line }));
}

/** "Everyman, Adam" is Adam Everyman, and Mr. Adam F. Everyman too. */
function sameName(a: string, b: string): boolean {
  const parts = (name: string) =>
    new Set(
      name
        .toLowerCase()
        .split(/[^\p{L}]+/u)
        .filter((word) => word.length > 1 && !/^(?:mr|mrs|ms|miss|dr|jr|sr|ii|iii)$/.test(word)),
    );
  const [x, y] = [parts(a), parts(b)];
  const shared = [...x].filter((word) => y.has(word)).length;
  return shared >= Math.min(2, x.size, y.size);
}
