import type { Json } from "../../core/index.ts";
import type { Option } from "./reading.ts";

/** Two dates of a document of which the first is never after the second, as far as examples show. */
export interface Order {
  readonly first: string;
  readonly second: string;
}

/** So many examples must have both before an order is believed. */
const examplesMin = 8;
const wrongShareMax = 0.02;

/** Orders among dates that the examples keep. */
export function ordersOf(
  dates: readonly string[],
  truths: readonly Readonly<Record<string, Json>>[],
): readonly Order[] {
  return dates.flatMap((first) =>
    dates.flatMap((second): readonly Order[] => {
      if (first === second) return [];
      const both = truths.filter((truth) => isDate(truth[first]) && isDate(truth[second]));
      const wrong = both.filter((truth) => String(truth[first]) > String(truth[second])).length;
      // Two dates that are always the same keep both orders, which says nothing new.
      const moves = both.some((truth) => String(truth[first]) < String(truth[second]));
      return both.length >= examplesMin && wrong <= wrongShareMax * both.length && moves ? [{ first, second }] : [];
    }),
  );
}

function isDate(value: Json | undefined): boolean {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value);
}

/** Values of each path that are tried together. */
const optionsMax = 12;
/** What is left of a combination that breaks an order. */
const broken = 0.02;

/** Options of the paths of each order after weighing every pair by whether it keeps it. */
export function inOrder(
  chosen: ReadonlyMap<string, readonly Option[]>,
  orders: readonly Order[],
): ReadonlyMap<string, readonly Option[]> {
  const result = new Map<string, readonly Option[]>();
  for (const { first, second } of orders) {
    const a = result.get(first) ?? chosen.get(first);
    const b = result.get(second) ?? chosen.get(second);
    if (a === undefined || b === undefined) continue;
    result.set(
      first,
      weighed(a, b, (one, other) => keeps(one, other)),
    );
    result.set(
      second,
      weighed(b, a, (one, other) => keeps(other, one)),
    );
  }
  return result;
}

function keeps(first: Option, second: Option): boolean {
  return first.value === null || second.value === null || first.value <= second.value;
}

function weighed(
  options: readonly Option[],
  others: readonly Option[],
  keep: (one: Option, other: Option) => boolean,
): readonly Option[] {
  const near = others.slice(0, optionsMax);
  const masses = options.map((one) => {
    const kept = near.reduce((sum, other) => sum + other.probability * (keep(one, other) ? 1 : broken), 0);
    return one.probability * kept;
  });
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  if (all === 0) return options;
  return options
    .map((one, at) => ({ ...one, probability: (masses[at] ?? 0) / all }))
    .toSorted((a, b) => b.probability - a.probability);
}
