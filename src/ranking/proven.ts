import type { Candidate } from "../candidates/index.ts";
import { Money } from "../core/index.ts";
import { sumRoles, taxAt } from "./agree.ts";
import { type AmountConcept, amountConcept } from "./concepts.ts";
import type { FieldSpec } from "./fields.ts";
import { lineItems } from "./lines.ts";
import type { Proposal } from "./proposal.ts";
import { ratesOf, roundingsOf } from "./rates.ts";
import type { Survey } from "./survey.ts";

/**
 * Which proposals hard evidence confirms, and what it is: check digits, sums that add up over amounts
 * at different places beside labels of their own, an answer the page gives twice. Nothing here rests
 * on a probability, and any second answer that would pass as well confirms neither.
 */
export type Proofs = ReadonlyMap<string, readonly string[]>;

export function proven(proposals: readonly Proposal[], survey: Survey): Proofs {
  const proofs = new Map<string, readonly string[]>();
  const single = proposals.filter((one) => one.field.array === null);
  for (const proposal of single) {
    const reasons = proofOf(proposal, survey);
    if (reasons.length > 0) proofs.set(proposal.path, reasons);
  }
  for (const [path, reasons] of sumProofs(single, survey)) proofs.set(path, reasons);
  return proofs;
}

function proofOf(proposal: Proposal, survey: Survey): readonly string[] {
  switch (proposal.field.type) {
    case "iban":
      return ibanProof(proposal, survey);
    case "currency":
      return currencyProof(proposal, survey);
    case "date":
      return dateProof(proposal, survey);
    case "identifier":
      return identifierProof(proposal, survey);
    default:
      return [];
  }
}

/** The only account number of the page, with right check digits, beside the word IBAN. */
function ibanProof(proposal: Proposal, survey: Survey): readonly string[] {
  const all = survey.candidates("iban");
  const [one] = all;
  if (one === undefined || all.some((other) => other.value !== one.value) || !one.traits.includes("checksum"))
    return [];
  const named = all.some((place) => labelled(place, survey, (meaning) => meaning.has("iban")));
  return named && proposal.value === one.value ? ["checksum", "only-one", "label"] : [];
}

const sumConcepts = new Set<AmountConcept>(["gross", "total", "sub", "net", "due"]);

/** The only currency of the page, by a code or an unmistakable sign, beside a sum or by its own name. */
function currencyProof(proposal: Proposal, survey: Survey): readonly string[] {
  const all = survey.candidates("currency");
  const [one] = all;
  if (one === undefined || all.some((other) => other.value !== one.value) || proposal.value !== one.value) return [];
  const clear = all.filter((place) => !/^(?:\$|rs\.?|fr\.?|kr\.?|¥)$/i.test(place.text));
  const sums = survey.candidates("money").filter((amount) => sumConcepts.has(conceptAt(amount, survey) ?? "other"));
  const besideSum = clear.some((place) => sums.some((sum) => touches(place, sum)));
  const named = clear.some((place) => labelled(place, survey, (meaning) => meaning.has("currency")));
  return besideSum || named ? ["only-one", besideSum ? "beside-sum" : "label"] : [];
}

function touches(a: Candidate, b: Candidate): boolean {
  return a.row === b.row && Math.min(Math.abs(a.start - b.end), Math.abs(b.start - a.end)) <= 2;
}

/**
 * Beside a label that says just this, the only date with such a label, and readable one way only.
 * The label must name the matter ("invoice date"), unless it is the only date of the page ("date").
 */
function dateProof(proposal: Proposal, survey: Survey): readonly string[] {
  const all = survey.candidates("date");
  const here = all.filter((one) => one.value === proposal.value);
  if (here.some((one) => isInSentence(one, survey))) return [];
  if (here.length === 0 || here.some((one) => one.traits.includes("ambiguous") || one.traits.includes("short-year")))
    return [];
  const onlyDate = all.every((one) => one.value === proposal.value);
  const plain = onlyDate && proposal.field.meaning.has("issue");
  const says = (one: Candidate) =>
    labelled(one, survey, (meaning) => exactlyNames(meaning, proposal.field) || (plain && justDate(meaning)));
  if (!here.some(says) || all.some((one) => one.value !== proposal.value && says(one))) return [];
  return onlyDate ? ["label", "only-one"] : ["label", "no-rival"];
}

/** Words before a value in the middle of a sentence are no label: "in force from 3 May 2010 through the following year". */
function isInSentence(candidate: Candidate, survey: Survey): boolean {
  const after = (survey.layout.rows[candidate.row]?.text ?? "").slice(candidate.end);
  const [rest = ""] = after.split(/\s{2,}/);
  return (rest.match(/\p{Ll}{2,}/gu) ?? []).length >= 3;
}

/** Beside a label that says just this at one place, and printed whole at another place. */
function identifierProof(proposal: Proposal, survey: Survey): readonly string[] {
  const all = survey.candidates("identifier");
  const says = (one: Candidate) => labelled(one, survey, (meaning) => exactlyNames(meaning, proposal.field));
  const here = all.filter((one) => one.value === proposal.value && one.traits.includes("whole"));
  const named = here.filter(says);
  if (named.length === 0 || all.some((one) => one.value !== proposal.value && says(one))) return [];
  const places = new Set(here.map((one) => one.row));
  return places.size >= 2 && String(proposal.value).length >= 4 ? ["label", "no-rival", "repeated"] : [];
}

function justDate(label: ReadonlySet<string>): boolean {
  return label.has("date") && [...label].every((atom) => atom === "date" || atom === "time" || atom === "number");
}

function labelled(candidate: Candidate, survey: Survey, fits: (meaning: ReadonlySet<string>) => boolean): boolean {
  const { left, above, prior } = survey.context(candidate);
  if (left.meaning.size > 0) return left.hops === 0 && fits(left.meaning);
  return (above.hops === 0 && above.distance <= 2.5 && fits(above.meaning)) || fits(prior.meaning);
}

/** Words that a label may have beside those of the field. */
const neutral = new Set(["number", "date", "w:your", "w:our", "identity", "w:the", "w:unser", "w:unsere"]);

/** A label that has the field's own words of matter and no others: "Rechnungsdatum", not "Lieferdatum" nor "Datum". */
function exactlyNames(label: ReadonlySet<string>, field: FieldSpec): boolean {
  const matter = [...field.meaning].filter((atom) => !neutral.has(atom));
  if (!matter.some((atom) => label.has(atom))) return false;
  return [...label].every((atom) => field.meaning.has(atom) || neutral.has(atom));
}

const conceptsOf = {
  net: ["net", "sub", "base"],
  tax: ["tax"],
  total: ["total", "gross", "due"],
  called: ["total", "gross"],
} as const satisfies Record<string, readonly AmountConcept[]>;

/** Tax rates of the countries whose labels are known here, in percent. */
const usualRates = "4 5 5.5 6 7 8 8.1 9 10 12 13 15 16 17 17.5 18 19 20 21 22 23 24 25".split(" ");

/** The sums of a bill, confirmed together or not at all. */
function sumProofs(proposals: readonly Proposal[], survey: Survey): Proofs {
  const roles = sumRoles(proposals.map((one) => one.field));
  const of = (role: "net" | "tax" | "total" | "due") => proposals.find((one) => one.field === roles.get(role));
  const [net, tax, total, due] = [of("net"), of("tax"), of("total"), of("due")];
  const proofs = new Map<string, readonly string[]>();
  if (total === undefined || typeof total.value !== "string") return proofs;
  if (rivalTotal([total.value, net?.value, tax?.value], Money.of(total.value), survey)) return proofs;
  const reasons = sumReasons(net, tax, total, survey);
  if (reasons.length > 0 && net !== undefined && tax !== undefined) {
    for (const proposal of [net, tax, total]) proofs.set(proposal.path, reasons);
  } else if (spentReasons(total.value, survey)) {
    proofs.set(total.path, ["cash-less-change", "label"]);
  }
  if (due !== undefined && proofs.has(total.path) && dueFollows(due, total.value, survey))
    proofs.set(due.path, ["label", "follows-total"]);
  return proofs;
}

function sumReasons(
  net: Proposal | undefined,
  tax: Proposal | undefined,
  total: Proposal,
  survey: Survey,
): readonly string[] {
  const values = [net?.value, tax?.value, total.value];
  if (!values.every((value) => typeof value === "string")) return [];
  const [n, t, g] = values.map((value) => Money.of(value));
  if (n === undefined || t === undefined || g === undefined || t.eq(Money.of("0")) || !addsUp(n.plus(t), g, survey))
    return [];
  const places = [n, t, g].map((value, at) =>
    placesOf(value, (["net", "tax", "total"] as const)[at] ?? "total", survey),
  );
  if (places.some((list) => list.length === 0) || !distinctPlaces(places)) return [];
  const byRate = [...ratesOf(survey), ...usualRates].some((rate) => taxAt(n, rate).eq(t));
  const lines = sumOfLines(survey);
  const byLines = lines !== null && (lines.eq(n) || lines.eq(g));
  return byRate || byLines ? ["net-plus-tax", "labels", byRate ? "rate" : "sum-of-lines"] : [];
}

/** To the cent. Where the page names a rounding there are two totals, and which is meant is not proven. */
function addsUp(sum: Money, total: Money, survey: Survey): boolean {
  return roundingsOf(survey).length === 0 && sum.eq(total);
}

function placesOf(value: Money, role: keyof typeof conceptsOf, survey: Survey): readonly Candidate[] {
  const wanted: readonly string[] = conceptsOf[role];
  return survey
    .candidates("money")
    .filter((one) => one.value === value.toString() && wanted.includes(conceptAt(one, survey) ?? ""));
}

function conceptAt(candidate: Candidate, survey: Survey): AmountConcept | null {
  const { left, above } = survey.context(candidate);
  return amountConcept(left.meaning.size > 0 ? left.meaning : above.meaning, candidate.value);
}

function distinctPlaces(places: readonly (readonly Candidate[])[]): boolean {
  return new Set(places.flat().map((one) => `${one.row}:${one.start}`)).size >= places.length;
}

/**
 * Another amount that calls itself the total and is no other of the sums, or a sum that is more than the
 * total: there may be a second opinion about which is meant.
 */
function rivalTotal(sums: readonly (Proposal["value"] | undefined)[], total: Money, survey: Survey): boolean {
  return survey.candidates("money").some((one) => {
    const concept = conceptAt(one, survey);
    const value = Money.of(one.value);
    if (concept === null || !sumConcepts.has(concept) || inTable(one, survey)) return false;
    if (value.abs().cmp(total.abs()) > 0) return true;
    const callsItself = (concept === "gross" || concept === "total") && survey.context(one).left.hops === 0;
    return callsItself && !value.eq(Money.of("0")) && !sums.includes(one.value);
  });
}

function inTable(candidate: Candidate, survey: Survey): boolean {
  return survey.tables.some((table) => candidate.row >= table.header && candidate.row < table.end);
}

/** What was given less what was handed back, beside the words for both. */
function spentReasons(total: string, survey: Survey): boolean {
  const amounts = survey.candidates("money");
  const given = amounts.filter((one) => conceptAt(one, survey) === "cash");
  const back = amounts.filter((one) => conceptAt(one, survey) === "change" && Number(one.value) !== 0);
  const labelledTotal = placesOf(Money.of(total), "total", survey).length > 0;
  return (
    labelledTotal &&
    roundingsOf(survey).length === 0 &&
    given.some((cash) =>
      back.some((change) => Money.of(cash.value).minus(Money.of(change.value).abs()).eq(Money.of(total))),
    )
  );
}

function sumOfLines(survey: Survey): Money | null {
  const items = lineItems(survey);
  return items.length === 0 ? null : items.reduce((sum, item) => sum.plus(Money.of(item.amount.value)), Money.of("0"));
}

/** Beside a label of its own, and the total, or the total less what the page says was paid. */
function dueFollows(due: Proposal, total: string, survey: Survey): boolean {
  if (typeof due.value !== "string") return false;
  const amounts = survey.candidates("money");
  const value = Money.of(due.value);
  const places = amounts.filter((one) => conceptAt(one, survey) === "due");
  if (!places.some((one) => one.value === due.value) || places.some((one) => one.value !== due.value)) return false;
  const paid = amounts.filter((one) => conceptAt(one, survey) === "paid").map((one) => Money.of(one.value).abs());
  if (value.eq(Money.of(total))) return placesOf(value, "called", survey).length > 0 && paid.length === 0;
  return paid.some((one) => Money.of(total).minus(one).eq(value));
}
