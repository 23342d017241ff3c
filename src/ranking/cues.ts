import { type Candidate, legalForm } from "../candidates/index.ts";
import { addressCues, blockCues } from "./block-cues.ts";
import { amountConcept } from "./concepts.ts";
import type { Context, Label } from "./context.ts";
import type { FieldSpec } from "./fields.ts";
import { likeness } from "./labels.ts";
import { amountCues } from "./money-cues.ts";
import { nameCues } from "./name-cues.ts";
import { collect, type Cues, type Put } from "./signals.ts";
import type { Survey } from "./survey.ts";

/** What speaks for and against a candidate whatever the field is called: place, form, neighbours, words of its labels. */
export function ownCues(candidate: Candidate, survey: Survey): Cues {
  return collect((put) => {
    const context = survey.context(candidate);
    place(candidate, survey, put);
    blockCues(candidate, survey, put);
    wordCues(context, candidate, put);
    for (const trait of candidate.traits) if (!trait.includes(":")) put(`is:${trait}`, 1);
    if (candidate.kind === "money") amountCues(candidate, survey, put);
    if (candidate.kind === "date") dateCues(candidate, survey, put);
    if (candidate.kind === "identifier") identifierCues(candidate, survey, put);
    if (candidate.kind === "name" || candidate.kind === "address") nameCues(candidate, survey, put);
    if (candidate.kind === "address") addressCues(candidate, survey, put);
    if (candidate.kind === "currency") put("share", shareOf(candidate, survey));
    if (candidate.kind === "vat" || candidate.kind === "iban")
      put("only", new Set(survey.candidates(candidate.kind).map((one) => one.value)).size === 1);
  });
}

/** Where it stands: high or low, left or right, first or last of its kind, alone on its row, large, repeated. */
function place(candidate: Candidate, survey: Survey, put: Put): void {
  const { rows, width } = survey.layout;
  const peers = survey.candidates(candidate.kind);
  const row = rows[candidate.row];
  put("top", 1 - candidate.row / Math.max(1, rows.length));
  put("firstRows", candidate.row < 4 ? 1 - candidate.row / 4 : 0);
  put("lastRows", candidate.row >= rows.length - 6);
  put("rightHalf", candidate.left > width / 2);
  put("firstOfKind", peers[0]?.value === candidate.value);
  put("lastOfKind", peers.at(-1)?.value === candidate.value);
  put("large", Math.min(1, Math.max(0, (row?.size ?? 1) - 1.15)));
  put("lastInRow", row !== undefined && row.text.slice(candidate.end).trim().length <= 3);
  put("firstInRow", row !== undefined && row.text.slice(0, candidate.start).trim() === "");
  put(
    "inTable",
    survey.tables.some((table) => candidate.row >= table.header && candidate.row < table.end),
  );
  const same = peers.filter((peer) => peer.value === candidate.value).length;
  put("repeated", Math.min(1, Math.log2(Math.max(1, same)) / 3));
}

/** The meanings of the words around it, by where they stand: L left, A above, P further left above, R right, S section. */
function wordCues(context: Context, candidate: Candidate, put: Put): void {
  const leftless = context.left.meaning.size === 0;
  const left = context.left.hops === 0 ? "L" : "L+";
  atoms(left, context.left, put);
  atoms(leftless ? "A" : "a", context.above, put);
  if (leftless) atoms("P", context.prior, put);
  atoms("R", context.right, put);
  for (const atom of ["seller", "buyer", "shipTo", "bank", "delivery"]) {
    if (context.section.meaning.has(atom)) put(`S:${atom}`, 1 / (1 + context.section.hops / 3));
  }
  put("leftless", leftless);
  put("colon", /[:#]\s*$/.test(context.left.text) && context.left.hops === 0);
  put("near", leftless ? 0 : 1 / (1 + context.left.distance / 10));
  put("hops", Math.min(1, context.left.hops / 4));
  for (const [side, label] of [
    [left, context.left],
    [leftless ? "A" : "a", context.above],
    ...(leftless ? ([["P", context.prior]] as const) : []),
  ] as const) {
    const concept = amountConcept(label.meaning, candidate.value);
    if (concept !== null) put(`${side}=${concept}`, 1 / (1 + label.hops / 6));
  }
}

function atoms(side: string, label: Label, put: Put): void {
  const scale = label.meaning.size > 8 ? 0.5 : 1;
  const unknown = [...label.meaning].filter((atom) => atom.startsWith("w:")).length;
  put(`${side}?`, Math.min(1, unknown / 3));
  for (const atom of label.meaning) if (!atom.startsWith("w:")) put(`${side}:${atom}`, scale);
}

/** Order among the dates of the page, a time beside it. */
function dateCues(candidate: Candidate, survey: Survey, put: Put): void {
  const values = survey.candidates("date").map((peer) => peer.value);
  const text = survey.layout.rows[candidate.row]?.text ?? "";
  put(
    "earliest",
    values.every((value) => value >= candidate.value),
  );
  put(
    "latest",
    values.every((value) => value <= candidate.value),
  );
  put("timeBeside", /^[\s,T-]{0,4}(?:time\s*:?\s*)?\d{1,2}:\d{2}/i.test(text.slice(candidate.end)));
  put("onlyDate", new Set(values).size === 1);
}

/** Form of a number of something: length, letters, years inside, parts of other values. */
function identifierCues(candidate: Candidate, survey: Survey, put: Put): void {
  const { value } = candidate;
  const digits = value.replaceAll(/\D/g, "").length;
  put("digitsOnly", /^\d+$/.test(value));
  put("short", value.length <= 3);
  put("single", value.length <= 2);
  put("medium", value.length >= 4 && value.length <= 12);
  put("long", value.length > 16);
  put("letters", /^(?=.*\d)[A-Z]/.test(value));
  put("lower", /\p{Ll}{2}/u.test(value));
  put("dashed", /[-/]/.test(value));
  put("year", /(?:19|20)\d\d/.test(value) && digits > 4);
  put("bareYear", /^(?:19|20)\d\d$/.test(value));
  put("point", /\.\d/.test(value));
  put("inIban", inside(candidate, survey, "iban"));
  put("inVat", inside(candidate, survey, "vat"));
  put("inDate", inside(candidate, survey, "date"));
  put("phoneLike", /^[+0][\d/ -]{6,}$/.test(value) || /^\d{2,4}-\d{4,}$/.test(value));
  put("registrationLike", /^\d{5,7}-[A-Z]$|^[A-Z]{2}\d{7}-[A-Z]$/.test(value));
  const after = (survey.layout.rows[candidate.row]?.text ?? "").slice(candidate.end, candidate.end + 3);
  put("unitAfter", /^\s?[%€$°]|^\s?(?:kg|g|ml|cm|mm|pc|x)/i.test(after) || /^[:]\d/.test(after));
}

function inside(candidate: Candidate, survey: Survey, kind: "iban" | "vat" | "date"): boolean {
  return survey
    .candidates(kind)
    .some((other) => other.row === candidate.row && other.start < candidate.end && candidate.start < other.end);
}

function shareOf(candidate: Candidate, survey: Survey): number {
  const peers = survey.candidates(candidate.kind);
  return peers.filter((peer) => peer.value === candidate.value).length / peers.length;
}

/** How well the labels around a candidate fit the field, and how much better they fit another field of the same type. */
export function fieldCues(candidate: Candidate, field: FieldSpec, rivals: readonly FieldSpec[], survey: Survey): Cues {
  const context = survey.context(candidate);
  return collect((put) => {
    for (const [side, label] of Object.entries(sidesOf(context, candidate))) {
      const own = likeness(label.meaning, field.meaning);
      const other = Math.max(0, ...rivals.map((rival) => likeness(label.meaning, rival.meaning)));
      const fade = 1 / (1 + label.hops / 2);
      put(`${side}~own`, own * fade);
      put(`${side}~exact`, own > 0.8 ? fade : 0);
      put(`${side}~rival`, Math.max(0, other - own) * fade);
    }
    if (field.type === "date") rangeCues(candidate, field, survey, put);
    if (field.type === "enum") put("option", field.options.includes(candidate.value));
    if (field.type === "text") put("legalForm", legalForm.test(candidate.value));
  });
}

/** The first or the last day of "01/03/2026 - 31/03/2026", for a field that is a beginning or an end. */
function rangeCues(candidate: Candidate, { meaning }: FieldSpec, survey: Survey, put: Put): void {
  const text = survey.layout.rows[candidate.row]?.text ?? "";
  const link = "\\s*(?:[-–—]|to|bis|au|tot|al|hasta|until|through|thru)\\s*";
  const begins = new RegExp(`^${link}\\d`, "i").test(text.slice(candidate.end));
  const ends = new RegExp(`\\d${link}$`, "i").test(text.slice(0, candidate.start));
  const last = meaning.has("until");
  const first = meaning.has("period") && !last;
  put("range~own", (begins && first) || (ends && last));
  put("range~other", (begins && last) || (ends && first && !begins));
}

/** Kinds that stand in running text, where the words after a value say as much as those before. */
const inProse: ReadonlySet<string> = new Set(["place", "duration", "phrase"]);

function sidesOf(context: Context, { kind }: Candidate): Readonly<Record<string, Label>> {
  const leftless = context.left.meaning.size === 0;
  return {
    left: context.left,
    ...(leftless ? { above: context.above, prior: context.prior } : { "above+": context.above }),
    section: context.section,
    ...(inProse.has(kind) ? { right: context.right } : {}),
  };
}
