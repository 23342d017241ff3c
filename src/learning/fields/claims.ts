import type { Json } from "../../core/index.ts";
import { agreed } from "../../ranking/propose.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import type { Ranked } from "../../ranking/ranker.ts";
import type { Readings } from "./options.ts";
import type { ReadingRecord } from "./memory.ts";
import { inOrder, type Order } from "./orders.ts";
import type { Page } from "./places.ts";
import type { Option } from "./reading.ts";
import type { Claim } from "./signals.ts";

/** How a page compares with those that were learned. */
export type Familiarity = Pick<Claim, "likeness" | "familiar" | "words">;

/**
 * What is claimed for each path of a page: paths that must agree (sums, first and last day) are chosen
 * together.
 */
export function claimsOf(
  fields: readonly FieldSpec[],
  readings: ReadonlyMap<string, Readings>,
  orders: readonly Order[],
  page: Page,
  familiarity: Familiarity,
  record: (path: string) => ReadingRecord,
): ReadonlyMap<string, Claim> {
  const chosen = new Map([...readings].map(([path, { options }]) => [path, options]));
  const read = fields.filter((field) => chosen.has(field.path));
  const rankings = new Map([...chosen].map(([path, options]) => [path, options.map(rankedOf)]));
  for (const [path, ranking] of agreed(read, rankings, page.survey)) {
    const options = chosen.get(path) ?? [];
    chosen.set(path, reordered(options, ranking));
  }
  for (const [path, options] of inOrder(chosen, orders)) chosen.set(path, options);
  const values = Object.fromEntries([...chosen].map(([path, options]) => [path, options[0]?.value ?? null]));
  return new Map(
    read.map((field): [string, Claim] => {
      const options = chosen.get(field.path) ?? [];
      const others = Object.fromEntries(Object.entries(values).filter(([path]) => path !== field.path));
      const opinions = readings.get(field.path)?.opinions ?? {};
      const value = jsonOf(options[0]?.value ?? null, field);
      const before = record(field.path);
      return [
        field.path,
        { field, value, option: options[0], options, opinions, page, others, before, ...familiarity },
      ];
    }),
  );
}

/** Candidates are text; a schema may want a JSON number. */
export function jsonOf(value: string | null, field: FieldSpec): Json {
  return value !== null && field.numeric ? Number(value) : value;
}

function rankedOf(option: Option): Ranked {
  const [best] = option.places;
  return {
    value: option.value,
    probability: option.probability,
    score: Math.log(Math.max(1e-12, option.probability)),
    candidate: best?.candidate ?? null,
    places: option.places.flatMap(({ candidate }) => candidate ?? []),
    cues: best?.cues ?? {},
  };
}

function reordered(options: readonly Option[], ranking: readonly Ranked[]): readonly Option[] {
  const probabilities = new Map(ranking.map((one) => [one.value, one.probability]));
  return options
    .map((option) => ({ ...option, probability: probabilities.get(option.value) ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability);
}
