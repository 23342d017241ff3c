import { absenceOf } from "../lines/absence.ts";
import { contextOf, relatives } from "../lines/context.ts";
import { type DateOrder, dateIn } from "../lines/dates.ts";
import { type Item, itemsOf, split } from "../lines/items.ts";
import { type Stretch, textOf, within, wordsIn } from "../lines/stretch.ts";
import { type Fact, type Value, nameKey, readAs, said, spanAt, stated } from "../fact.ts";
import { type ListName, conditionLists } from "../schema.ts";
import { medicationOf, withoutCodes } from "./medication.ts";
import { isName, tells } from "./names.ts";
import { measurementsIn } from "./measurements.ts";
import { type RowContext, kindOf } from "./rows.ts";
import { medicationStatusOf, problemStatusOf } from "./status.ts";

/** Bullets and lines of a section that are no table → facts. Pure. */

const statusAlone =
  /^\W*(?:active|inactive|resolved|expired|discontinued|completed|current|past|chronic|acute|historical)\W*$/i;
const says = /\p{L}{2}/u;

/** What a list of this kind makes of loose lines. */
export function factsOfLoose(loose: readonly Stretch[], besides: boolean, context: RowContext): readonly Fact[] {
  const { list } = context;
  if (list === "vitals" || list === "results") return loose.flatMap((line) => measurementsIn(line, list));
  const facts: Fact[] = [];
  let caption = "";
  for (const item of itemsOf(loose)) {
    const text = textOf(item.stretch);
    if (statusAlone.test(text)) {
      caption = text;
      continue;
    }
    // Beside a table a line of a few words is its title or a remark on it.
    if (besides && !/[.:;]|^\s*[-*•]/.test(text) && !/\d/.test(text) && list !== "followUp") continue;
    for (const entry of entriesOf(item, list)) {
      // What relatives have is none of the patient's problems, wherever it stands.
      const of = conditionLists.has(list) && ofFamily.test(textOf(entry)) ? "familyHistory" : list;
      facts.push(...factOf(of, own[of](entry, caption, context), [entry, ...item.more]));
    }
  }
  return facts;
}

const allergicTo = /^(?:(?:the )?(?:patient|pt|he|she) (?:is|has been) )?allergic to\b/i;

function entriesOf({ stretch }: Item, list: ListName): readonly Stretch[] {
  if (list === "followUp") return [stretch];
  const text = textOf(stretch);
  const commas = (text.match(/,/g) ?? []).length;
  if (list === "allergies" || list === "immunizations") {
    // What a sentence tells is no row of names, however it is cut.
    const named = split(stretch, "semicolons").filter((part) => allergicTo.test(textOf(part)) || !tells(textOf(part)));
    return named.flatMap((part) => split(part, "commas")).flatMap(splitAnd);
  }
  if (list === "medications") {
    // "Metoprolol and aspirin" are two; where an amount is named, the words may be one preparation.
    return split(stretch, "commas").flatMap((part) => (/\d/.test(textOf(part)) ? [part] : splitAnd(part)));
  }
  const several = commas > 1 || (commas === 1 && text.length < 60 && / and /.test(text));
  return split(stretch, several ? "commas" : "semicolons");
}

/** "Penicillin and sulfa drugs." */
function splitAnd(stretch: Stretch): readonly Stretch[] {
  const text = textOf(stretch);
  const found = /\s+(?:and|&)\s+/i.exec(text.replaceAll(/\([^)]*\)/g, (hit) => "_".repeat(hit.length)));
  if (!found || text.length > 80) return [stretch];
  return [within(stretch, 0, found.index), ...splitAnd(within(stretch, found.index + found[0].length, text.length))];
}

function factOf(list: ListName, values: Values, stretches: readonly Stretch[]): readonly Fact[] {
  const [entry] = stretches;
  if (!entry || !says.test(textOf(entry)) || absenceOf(textOf(entry)) !== null) return [];
  // What tells a story is read in the summary; a list holds names.
  const name = values[nameKey[list]]?.value;
  if (list !== "followUp" && !(typeof name === "string" && says.test(name) && isName(name))) return [];
  return [
    { list, values: stated(list, values), source: stretches.map(spanAt), by: "rule", evidence: { "item.listed": 1 } },
  ];
}

type Values = Readonly<Record<string, Value | undefined>>;
type Read = (entry: Stretch, caption: string, context: RowContext) => Values;

const own: Readonly<Record<Exclude<ListName, "results" | "vitals">, Read>> = {
  problems: (entry, caption, context) => conditionOf(entry, caption, context, null),
  diagnoses: (entry, caption, context) => ({
    ...conditionOf(entry, caption, context, null),
    kind: kindOf(context.title),
  }),
  pastHistory: (entry, caption, context) => conditionOf(entry, caption, context, "historical"),
  medications: (entry, caption, { order }) => {
    const text = textOf(entry);
    const words = medicationOf(entry);
    const found = contextOf(text, 0, words.name.end - words.name.start);
    const status =
      medicationStatusOf(text.slice(words.name.end - words.name.start)) ??
      medicationStatusOf(caption) ??
      (found.negated ? "stopped" : null);
    return {
      name: said(words.name),
      dose: said(words.dose),
      frequency: said(words.frequency),
      status: readAs(status, entry),
      since: dated(entry, order),
    };
  },
  allergies: (entry) => {
    const text = textOf(entry);
    const inner =
      /[([](?<reaction>[^)\]]+)[)\]]/.exec(text) ??
      /(?:[:–-]\s+|\bcauses?\b\s*|\bwhich causes\b\s*|\breaction:?\s*)(?<reaction>.+)$/i.exec(text);
    const reaction = inner?.groups?.["reaction"]?.trim();
    const end = inner ? inner.index : text.length;
    const lead =
      /^(?:(?:the )?(?:patient|pt|he|she) (?:is|has been) )?(?:allerg(?:y|ic)(?: to)?|intoleran(?:t|ce) (?:of|to)|sensitive to)\s+/i.exec(
        text,
      )?.[0].length ?? 0;
    return {
      substance: said(within(entry, lead, lead + withoutCodes(text.slice(lead, end)).length)),
      reaction: said(wordsIn(entry, reaction, end)),
      status: readAs(problemStatusOf(text.slice(end)), entry),
    };
  },
  immunizations: (entry, _caption, { order }) => ({ name: said(beforeDetail(entry)), date: dated(entry, order) }),
  procedures: (entry, _caption, { order }) => ({ name: said(beforeDetail(entry)), date: dated(entry, order) }),
  familyHistory: (entry) => {
    const text = textOf(entry);
    const relative = ofRelative.exec(text);
    if (!relative && ofPatient.test(text)) return {};
    const name = problemName(within(entry, relative?.[0].length ?? 0, text.length));
    const found = contextOf(text, name.start - entry.start, name.end - entry.start);
    return {
      name: said(name),
      relative: said(wordsIn(entry, relative?.groups?.["who"])),
      negated: found.negated ? readAs(true, entry) : undefined,
    };
  },
  followUp: (entry, _caption, { order }) => ({ description: said(entry), date: dated(entry, order) }),
};

/** @param status what an entry has that says nothing of its own */
function conditionOf(entry: Stretch, caption: string, { order }: RowContext, status: "historical" | null): Values {
  const text = textOf(entry);
  const name = problemName(entry);
  const from = name.start - entry.start;
  const found = contextOf(text, from, from + name.end - name.start);
  const stands =
    problemStatusOf(text.slice(from + name.end - name.start)) ??
    problemStatusOf(caption) ??
    (found.resolved ? "resolved" : found.historical ? "historical" : status);
  return {
    name: said(name),
    status: readAs(stands, entry),
    since: dated(entry, order),
    laterality: readAs(found.laterality, entry),
    negated: found.negated ? readAs(true, entry) : undefined,
    uncertain: found.uncertain ? readAs(true, entry) : undefined,
  };
}

function dated(entry: Stretch, order: DateOrder): Value | undefined {
  const found = dateIn(textOf(entry), order);
  return found ? readAs(found.value, within(entry, found.start, found.end)) : undefined;
}

/** "Mother: …", "father (deceased) had …". */
const ofRelative = new RegExp(
  `^\\W*(?:(?:his|her|the|a|an|one)\\s+)?(?<who>${relatives})\\s*(?:\\([^)]*\\)\\s*)?(?::|,|[-–]\\s|\\bwith\\b|\\bhad\\b|\\bhas\\b|\\bdied (?:of|from|with)\\b)\\s*`,
  "iu",
);

/** What the patient has stands among the words about relatives too. */
const ofPatient = /^\W*(?:(?:the )?patient|pt|he|she)\b/i;

const ofFamily = new RegExp(
  `${ofRelative.source}|^\\W*(?:no |positive |strong )?family (?:medical )?(?:history|hx)\\b`,
  "iu",
);

/** Words that only say what the record makes of what follows. */
const leads =
  /^(?:(?:an?|the) |(?:significant|notable|remarkable|positive) for (?:an?|the )?|(?:positive |strong )?family (?:medical )?(?:history|hx) (?:of|for|is positive for|significant for) |(?:the )?(?:patient|pt|he|she) (?:has|had|is known for)(?: an?)? |(?:past |previous |prior |remote |personal |known |significant )*(?:medical )?(?:history|hx) (?:of|significant for|notable for) |h\/o |hx of |hx |s\/p |status[- ]post |possibl[ey] |probabl[ey] |suspected |presumed |prior |previous |past |likely |questionable |rule[- ]out |r\/o |no (?:known |evidence of |signs? of |history of )*|denies (?:any )?|without |negative for |known |resolved |active |chronic problem: |\?+\s*)+/i;

function problemName(entry: Stretch): Stretch {
  const text = textOf(entry);
  const lead = leads.exec(text)?.[0].length ?? 0;
  return beforeDetail(within(entry, lead, text.length));
}

/** A name ends where its details begin: a colon, a bracket with a date or a code, a status, a date. */
function beforeDetail(entry: Stretch): Stretch {
  const text = textOf(entry);
  const detail =
    /\s*(?::\s|\s[-–—]+\s|[([](?=[^)\]]*(?:\d{3}|since|diagnosed|active|resolved|onset|status|stable))|,?\s*(?:\b(?:since|diagnosed|dx|onset|status|resolved|active|inactive|s\/p|in|on|date|performed|given|which|who|currently|controlled|well controlled|poorly controlled|stable|last)\b)(?=[\s:]).*\d|,?\s*(?:well[- ]controlled|poorly controlled|stable|resolved|active|inactive|in remission|likely|ruled out)\s*[.,;]?\s*$|,?\s*(?:0?\d|1[0-2])?[/-]?\d{0,2}[/-]?(?:19|20)\d{2}\b)/i.exec(
      text,
    );
  const end = detail && detail.index > 2 ? detail.index : text.length;
  return within(entry, 0, withoutCodes(text.slice(0, end)).length);
}
