import { Money } from "../core/index.ts";
import { amountConcept } from "./concepts.ts";
import type { FieldSpec } from "./fields.ts";
import type { Ranked } from "./ranker.ts";

/** The parts an amount plays in a bill. */
export type SumRole = "net" | "tax" | "total" | "due";

/** Which paths of a schema are the sums of a bill, by what they are called. Columns of tables are none. */
export function sumRoles(fields: readonly FieldSpec[]): ReadonlyMap<SumRole, FieldSpec> {
  const roles = new Map<SumRole, FieldSpec>();
  for (const field of fields) {
    const role = field.type === "money" && field.array === null ? sumRole(field) : null;
    if (role !== null && !roles.has(role)) roles.set(role, field);
  }
  return roles;
}

/** The part an amount of this name plays, or null. */
export function sumRole({ named, meaning }: FieldSpec): SumRole | null {
  const concept = amountConcept(named) ?? amountConcept(meaning);
  if (concept === "gross" || concept === "total") return "total";
  return concept === "net" || concept === "tax" || concept === "due" ? concept : null;
}

/** Values of each role that are tried together, absence included. */
const valuesMax = 14;

/** What agreement is worth in natural log-odds. */
const worth = {
  /** net + tax = total, all three on the page. */
  sum: 2,
  /** … and a tax rate printed on the page gives the tax. */
  rate: 0.8,
  /** The total is not rounded although the page names a rounding. */
  unrounded: -2,
  /** All three on the page, and they do not add up. */
  clash: -1.5,
  /** Net and total are one value and there is no tax, or a tax of zero. */
  untaxed: 0.5,
  /** Amount due is the total, or no more than it. */
  due: 0.7,
} as const;

/** What else a page prints about its sums. */
export interface Printed {
  /** Tax rates, in percent. */
  readonly rates: readonly string[];
  /** Amounts that are called a rounding and are not zero. */
  readonly roundings: readonly string[];
}

/** Rankings of the sums of a bill, by role; a role the schema lacks is left out. */
export type Rankings = Readonly<Partial<Record<SumRole, readonly Ranked[]>>>;

/**
 * Chooses the sums together: probabilities after weighing every combination by how it adds up. A sum
 * that differs by a cent does not add up.
 */
export function agree(rankings: Rankings, page: Printed): Rankings {
  const nets = topOf(rankings.net);
  const taxes = topOf(rankings.tax);
  const totals = topOf(rankings.total);
  const mass = new Map<Ranked, number>();
  for (const net of nets) {
    for (const tax of taxes) {
      for (const total of totals) {
        const log = logOf(net) + logOf(tax) + logOf(total) + bonus(net, tax, total, page);
        const weight = Math.exp(log);
        for (const one of [net, tax, total]) if (one !== null) mass.set(one, (mass.get(one) ?? 0) + weight);
      }
    }
  }
  const result: Partial<Record<SumRole, readonly Ranked[]>> = {};
  if (rankings.net !== undefined) result.net = renewed(rankings.net, mass);
  if (rankings.tax !== undefined) result.tax = renewed(rankings.tax, mass);
  if (rankings.total !== undefined) result.total = renewed(rankings.total, mass);
  if (rankings.due !== undefined) result.due = dueGiven(rankings.due, result.total?.[0]);
  return result;
}

function topOf(ranking: readonly Ranked[] | undefined): readonly (Ranked | null)[] {
  if (ranking === undefined) return [null];
  const top = ranking.slice(0, valuesMax);
  const absent = ranking.find((one) => one.value === null);
  return absent === undefined || top.includes(absent) ? top : [...top, absent];
}

function logOf(ranked: Ranked | null): number {
  return ranked === null ? 0 : Math.log(Math.max(1e-9, ranked.probability));
}

function bonus(net: Ranked | null, tax: Ranked | null, total: Ranked | null, page: Printed): number {
  if (net === null || tax === null || total === null || net.value === null || total.value === null) return 0;
  if (tax.value === null) return net.value === total.value ? worth.untaxed : 0;
  const values = [net.value, tax.value, total.value].map((value) => Money.of(value));
  const [n, t, g] = values as [Money, Money, Money];
  const even = n.plus(t).eq(g);
  if (!even && !isRounded(n.plus(t), g, page.roundings)) return worth.clash;
  const unrounded = even && page.roundings.length > 0 ? worth.unrounded : 0;
  if (t.eq(Money.of("0"))) return worth.untaxed + unrounded;
  return worth.sum + unrounded + (page.rates.some((rate) => taxAt(n, rate).eq(t)) ? worth.rate : 0);
}

/** Whether a printed rounding, added or taken off, makes the one sum the other. */
function isRounded(from: Money, to: Money, roundings: readonly string[]): boolean {
  const step = to.minus(from);
  return roundings.some((rounding) => Money.of(rounding).abs().eq(step.abs()));
}

/** Tax on a net amount at a rate in percent, rounded to cents. */
export function taxAt(net: Money, rate: string): Money {
  return net.times(rate).times("0.01").round(2);
}

function renewed(ranking: readonly Ranked[], mass: ReadonlyMap<Ranked, number>): readonly Ranked[] {
  const all = ranking.reduce((sum, one) => sum + (mass.get(one) ?? 0), 0);
  if (all === 0) return ranking;
  return ranking
    .map((one) => likely(one, (mass.get(one) ?? 0) / all))
    .toSorted((a, b) => b.probability - a.probability);
}

function likely(ranked: Ranked, probability: number): Ranked {
  return { ...ranked, probability };
}

function dueGiven(due: readonly Ranked[], total: Ranked | undefined): readonly Ranked[] {
  if (total === undefined || total.value === null) return due;
  const most = Money.of(total.value).abs();
  const weighed = due.map((one) => {
    const fits = one.value === total.value;
    const tooMuch = one.value !== null && Money.of(one.value).abs().cmp(most) > 0;
    const log = logOf(one) + (fits ? worth.due : 0) + (tooMuch ? -worth.due : 0);
    return likely(one, Math.exp(log));
  });
  const all = weighed.reduce((sum, one) => sum + one.probability, 0);
  return weighed.map((one) => likely(one, one.probability / all)).toSorted((a, b) => b.probability - a.probability);
}
