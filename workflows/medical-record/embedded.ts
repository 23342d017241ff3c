import type { DocumentText, Json, Line, Span } from "weir";
import { lettersOf, spanOf } from "../../src/core/index.ts";
import { type Fact, type Value, nameOf, stated } from "./fact.ts";
import { absenceOf } from "./lines/absence.ts";
import { lateralityOf } from "./lines/context.ts";
import { medicationStatusOf, problemStatusOf } from "./lists/status.ts";
import { type ListName, conditionLists, lists } from "./schema.ts";

/** The coded data of a record's file → facts, joined with what its text says. Pure. */

export interface Embedded {
  readonly facts: readonly Fact[];
  readonly patient: Readonly<Record<string, Value>>;
  /** Lists of which the data says that nothing is known. */
  readonly none: readonly ListName[];
}

export function embeddedIn(text: DocumentText): Embedded {
  const lineAt = new Map(text.pages.flatMap((page) => page.lines).map((line) => [`${line.page}:${line.line}`, line]));
  const entries = new Map<string, { list: ListName; values: Record<string, string>; line: Line | null }>();
  const patient: Record<string, Value> = {};
  for (const { path, value, line } of text.embedded ?? []) {
    const at = line && (lineAt.get(`${line.page}:${line.line}`) ?? null);
    const [list = "", index = "", key] = path.split(".");
    if (list === "patient") patient[index] = { value, source: at ? [spanOf(at)] : [] };
    const name = lists.find((one) => one === list);
    if (!name || key === undefined) continue;
    const entry = entries.get(`${list}.${index}`) ?? { list: name, values: {}, line: at };
    entry.values[key] = value;
    entries.set(`${list}.${index}`, entry);
  }
  const read = [...entries.values()].map(({ list, values, line }) => factOf(list, values, line ? [spanOf(line)] : []));
  return {
    facts: read.filter((fact) => names(fact) && !isNone(fact) && !isDeniedAllergy(fact)).map(withoutForeign),
    patient,
    none: [...new Set(read.filter(isNone).map(({ list }) => list))],
  };
}

const names = (fact: Fact) => nameOf(fact) !== "" && absenceOf(nameOf(fact)) === null;

/** What stands where an entry is about no one thing: "no (known) problem". */
const anything =
  /^(?:|problems?|diseases?|disorders?|conditions?|allerg(?:y|ies)\b.*|(?:drug|food) allergy|propensity to\b.*|allergen(?:ic substance)?|substances?|drugs?(?: or medicament)?|medications?|drug therapy|vaccines?|immuni[sz]ations?)$/i;

/** "None known" in the words of the entry, or as its denial. */
function isNone(fact: Fact): boolean {
  return absenceOf(nameOf(fact)) === "none known" || (isDenied(fact) && anything.test(nameOf(fact)));
}

const isDenied = ({ values }: Fact) => values["negated"]?.value === true;
/** "No allergy to penicillin" is no allergy, and says nothing of others. */
const isDeniedAllergy = (fact: Fact) => fact.list === "allergies" && isDenied(fact);

function factOf(list: ListName, values: Readonly<Record<string, string>>, source: readonly Span[]): Fact {
  const read = Object.entries(values).flatMap(([key, value]): [string, Value][] => {
    const printed = valueOf(list, key, value);
    return printed === null ? [] : [[key, { value: printed, source: [] }]];
  });
  const side = conditionLists.has(list) ? lateralityOf(values["name"] ?? "") : null;
  const all = { ...Object.fromEntries(read), ...(side ? { laterality: { value: side, source: [] } } : {}) };
  return {
    list,
    values: all,
    source,
    by: "embedded",
    evidence: { "embedded.coded": Number(values["code"] !== undefined) },
  };
}

/** In the form of the schema; null where it says nothing there. */
function valueOf(list: ListName, key: string, value: string): Json | null {
  if (key === "negated") return value === "true";
  if (key !== "status" || list === "immunizations") return value;
  return list === "medications" ? medicationStatusOf(value) : problemStatusOf(value);
}

const withoutForeign = (fact: Fact): Fact => ({ ...fact, values: stated(fact.list, fact.values) });

/** Data first; what its lines say besides fills it in, and what only the text says is kept. */
export function withText(embedded: readonly Fact[], printed: readonly Fact[]): readonly Fact[] {
  const used = new Set<Fact>();
  const facts = embedded.map((fact): Fact => {
    const twin = printed.find((one) => !used.has(one) && one.list === fact.list && isTwin(fact, one));
    if (!twin) return fact;
    used.add(twin);
    const agreed = agree(fact, twin);
    return {
      ...fact,
      values: stated(fact.list, { ...twin.values, ...withPlaces(fact, twin) }),
      source: twin.source,
      evidence: { ...fact.evidence, "readers.agree": Number(agreed) },
      ...(agreed ? {} : { printed: nameOf(twin) }),
    };
  });
  return [...facts, ...printed.filter((one) => !used.has(one))];
}

function isTwin(fact: Fact, printed: Fact): boolean {
  const [own] = fact.source;
  const sameLine = own && printed.source.some((span) => span.page === own.page && span.line === own.line);
  if (own) return sameLine === true;
  return lettersOf(nameOf(fact)) === lettersOf(nameOf(printed));
}

/** The words on the page stand for a value of the data where they say the same. */
function withPlaces(fact: Fact, printed: Fact): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(fact.values).map(([key, value]) => {
      const shown = printed.values[key];
      const same = shown && lettersOf(String(shown.value)) === lettersOf(String(value.value));
      return [key, same ? { value: value.value, source: shown.source } : value];
    }),
  );
}

function agree(fact: Fact, printed: Fact): boolean {
  const [a, b] = [lettersOf(nameOf(fact)), lettersOf(nameOf(printed))];
  return a === b || (Math.min(a.length, b.length) > 3 && (a.includes(b) || b.includes(a)));
}
