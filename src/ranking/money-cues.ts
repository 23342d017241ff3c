import type { Candidate } from "../candidates/index.ts";
import { Money } from "../core/index.ts";
import { type AmountConcept, amountConcept } from "./concepts.ts";
import { roundingsOf } from "./rates.ts";
import type { Put } from "./signals.ts";
import type { Survey } from "./survey.ts";

/** Size among the amounts of the page and what they add up to. */
export function amountCues(candidate: Candidate, survey: Survey, put: Put): void {
  const sums = sumsOf(survey);
  const value = Number(candidate.value);
  const most = sums.largest;
  put("zero", value === 0);
  put("largest", most > 0 && Math.abs(value) === most);
  put("size", most > 0 ? Math.min(1, Math.abs(value) / most) : 0);
  put("currencyBeside", candidate.traits.includes("currency"));
  put("cashLessChange", sums.spent.has(candidate.value));
  put("given", sums.given.has(candidate.value));
  const concept = conceptOf(candidate, survey);
  const peers = concept === null ? undefined : sums.largestOf.get(concept);
  put("largestOfConcept", peers !== undefined && peers === Math.abs(value) && candidate.traits.includes("cents"));
  put("dueLess", concept === "due" && Math.abs(value) < sums.largestTotal);
  put("lastSum", sums.lastSum === candidate.value);
  put("largestSum", sums.largestSum === candidate.value);
  put("rounded", sums.rounded.has(candidate.value));
  put("unrounded", sums.unrounded.has(candidate.value));
  put("netPlusTax", sums.grossOf.has(candidate.value));
  put("taxedNet", sums.netOf.has(candidate.value));
  put("taxOfNet", sums.taxOf.has(candidate.value));
  put("lineSum", sums.lineSum === candidate.value);
  put("belowTable", survey.tables.length > 0 && survey.tables.every((table) => candidate.row >= table.end));
}

interface Sums {
  readonly largest: number;
  /** Values that are another value of the page less the change handed back, and those others. */
  readonly spent: ReadonlySet<string>;
  readonly given: ReadonlySet<string>;
  /** The lowest and the largest amount that is called a total. */
  readonly lastSum: string | null;
  readonly largestSum: string | null;
  /** Size of the largest amount that is called a total and not an amount due; 0 where none is. */
  readonly largestTotal: number;
  /** Size of the largest amount with cents that is called this. */
  readonly largestOf: ReadonlyMap<AmountConcept, number>;
  /** Values that are another value after a rounding that the page names, and those before it. */
  readonly rounded: ReadonlySet<string>;
  readonly unrounded: ReadonlySet<string>;
  /** Values that are two other values of the page together, where one is a usual share of the other. */
  readonly grossOf: ReadonlySet<string>;
  readonly netOf: ReadonlySet<string>;
  readonly taxOf: ReadonlySet<string>;
  /** Sum of the last amounts of the rows of the table, or null. */
  readonly lineSum: string | null;
}

const known = new WeakMap<Survey, Sums>();

/** Distinct amounts that are tried against each other, at most: the largest of the page. */
const distinctMax = 60;

function sumsOf(survey: Survey): Sums {
  const cached = known.get(survey);
  if (cached !== undefined) return cached;
  const sums = computed(survey);
  known.set(survey, sums);
  return sums;
}

function computed(survey: Survey): Sums {
  const named = survey.candidates("money").map((one) => ({
    value: one.value,
    concept: conceptOf(one, survey),
    cents: one.traits.includes("cents"),
  }));
  const largestOf = new Map<AmountConcept, number>();
  for (const { value, concept, cents } of named) {
    if (concept !== null && cents)
      largestOf.set(concept, Math.max(largestOf.get(concept) ?? 0, Math.abs(Number(value))));
  }
  const cashless = named.filter(({ concept }) => concept === null || !aside.has(concept));
  const distinct = [...new Set(cashless.map(({ value }) => value))];
  const largest = Math.max(0, ...distinct.map((value) => Math.abs(Number(value))));
  const back = named.filter(({ concept, value }) => concept === "change" && Number(value) !== 0);
  const totals = named.filter(
    ({ concept, value }) => concept !== null && totalling.has(concept) && Number(value) !== 0,
  );
  return {
    largest,
    largestOf,
    largestTotal: Math.max(largestOf.get("gross") ?? 0, largestOf.get("total") ?? 0),
    ...spentPairs(
      named.map(({ value }) => value),
      back.map(({ value }) => value),
    ),
    lastSum: totals.at(-1)?.value ?? null,
    largestSum: totals.toSorted((a, b) => Math.abs(Number(b.value)) - Math.abs(Number(a.value)))[0]?.value ?? null,
    ...roundedPairs(distinct, roundingsOf(survey)),
    ...triples(distinct),
    lineSum: lineSum(survey),
  };
}

const aside: ReadonlySet<AmountConcept> = new Set(["cash", "change", "other", "quantity"]);
const totalling: ReadonlySet<AmountConcept> = new Set(["total", "gross", "due"]);

function conceptOf(candidate: Candidate, survey: Survey): AmountConcept | null {
  const { left, above } = survey.context(candidate);
  const item = survey.tables.some((table) => candidate.row >= table.first && candidate.row < table.end);
  if (left.meaning.size === 0) return item ? null : amountConcept(above.meaning, candidate.value);
  return left.hops === 0 ? amountConcept(left.meaning, candidate.value) : null;
}

/** What was given less what was handed back is what was spent, whatever the two are called. */
function spentPairs(amounts: readonly string[], back: readonly string[]): Pick<Sums, "spent" | "given"> {
  const present = new Set(amounts);
  const pairs = back.slice(0, 4).flatMap((change) =>
    [...present]
      .slice(-distinctMax)
      .map((given) => [given, Money.of(given).minus(Money.of(change).abs()).toString()] as const)
      .filter(([given, spent]) => present.has(spent) && spent !== change && given !== change),
  );
  return { given: new Set(pairs.map(([given]) => given)), spent: new Set(pairs.map(([, spent]) => spent)) };
}

function roundedPairs(distinct: readonly string[], roundings: readonly string[]): Pick<Sums, "rounded" | "unrounded"> {
  const present = new Set(distinct);
  const pairs = roundings.slice(0, 4).flatMap((rounding) =>
    distinct
      .slice(0, distinctMax)
      .map((from) => [from, Money.of(from).plus(Money.of(rounding)).toString()] as const)
      .filter(([from, to]) => present.has(to) && from !== rounding && to !== rounding),
  );
  return { rounded: new Set(pairs.map(([, to]) => to)), unrounded: new Set(pairs.map(([from]) => from)) };
}

/** Shares of tax that occur, in percent of net. */
const ratesPossible = [2, 28] as const;

function triples(distinct: readonly string[]): Pick<Sums, "grossOf" | "netOf" | "taxOf"> {
  const cents = new Map(
    distinct
      .filter((value) => /^-?\d+\.\d\d$/.test(value))
      .map((value) => [Math.round(Number(value) * 100), value] as const)
      .toSorted(([a], [b]) => Math.abs(b) - Math.abs(a))
      .slice(0, distinctMax),
  );
  const grossOf = new Set<string>();
  const netOf = new Set<string>();
  const taxOf = new Set<string>();
  for (const [net, netText] of cents) {
    for (const [tax, taxText] of cents) {
      const rate = net === 0 ? 0 : (tax / net) * 100;
      const gross = cents.get(net + tax);
      if (gross === undefined || rate < ratesPossible[0] || rate > ratesPossible[1]) continue;
      grossOf.add(gross);
      netOf.add(netText);
      taxOf.add(taxText);
    }
  }
  return { grossOf, netOf, taxOf };
}

function lineSum(survey: Survey): string | null {
  const [table] = survey.tables;
  if (table === undefined) return null;
  const last = new Map<number, string>();
  for (const { row, value, traits } of survey.candidates("money")) {
    if (row >= table.first && row < table.end && traits.includes("cents")) last.set(row, value);
  }
  if (last.size === 0) return null;
  return [...last.values()].reduce((sum, value) => sum.plus(Money.of(value)), Money.of("0")).toString();
}
