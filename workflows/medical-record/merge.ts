import type { Json } from "weir";
import { lettersOf } from "../../src/core/index.ts";
import { type Fact, type Value, nameOf } from "./fact.ts";
import { conditionLists } from "./schema.ts";

/** The same fact told twice → once, with both places; facts that contradict each other → both, and said so. Pure. */

export interface Merged {
  readonly facts: readonly Fact[];
  /** Pairs of facts, by their place in `facts`, whose `key` differs. */
  readonly contradictions: readonly Contradiction[];
}

export interface Contradiction {
  readonly first: number;
  readonly second: number;
  readonly key: string;
}

/** What must agree for two facts of a name to be one; a measurement of another day is another. */
const identity: Readonly<Record<Fact["list"], readonly string[]>> = {
  problems: ["laterality", "negated"],
  diagnoses: ["laterality", "negated", "kind"],
  pastHistory: ["laterality", "negated"],
  medications: ["dose"],
  allergies: [],
  immunizations: ["date"],
  procedures: ["date"],
  results: ["date", "value"],
  vitals: ["date", "value"],
  familyHistory: ["relative", "negated"],
  followUp: [],
};

/** What two entries of one name cannot both be right about. */
const exclusive: Readonly<Partial<Record<Fact["list"], readonly string[]>>> = {
  problems: ["negated", "status"],
  diagnoses: ["negated"],
  pastHistory: ["negated", "status"],
  medications: ["dose", "status"],
  allergies: ["status"],
};

export function merged(facts: readonly Fact[]): Merged {
  const kept: Fact[] = [];
  const byName = new Map<string, number[]>();
  for (const fact of facts) {
    const name = `${conditionLists.has(fact.list) ? "condition" : fact.list} ${lettersOf(nameOf(fact))}`;
    const known = byName.get(name) ?? [];
    const twin = known.find((at) => isSame(kept[at], fact));
    if (twin === undefined) {
      byName.set(name, [...known, kept.length]);
      kept.push(fact);
    } else kept[twin] = joined(kept[twin] ?? fact, fact);
  }
  const contradictions = [...byName.values()].flatMap((same) => contradictionsOf(kept, same));
  return { facts: kept, contradictions };
}

const valueOf = (fact: Fact | undefined, key: string): Json | undefined => fact?.values[key]?.value;

/** Two facts are one where none states what the other states otherwise. */
function isSame(known: Fact | undefined, fact: Fact): boolean {
  if (known?.list !== fact.list) return false;
  const keys = new Set([...identity[fact.list], ...(exclusive[fact.list] ?? [])]);
  return [...keys].every((key) => {
    const [a, b] = [valueOf(known, key), valueOf(fact, key)];
    return a === undefined || b === undefined || lettersOf(String(a)) === lettersOf(String(b));
  });
}

/** Places that a value names at most; the entry as a whole keeps all of them. */
export const placesMax = 20;

function joined(a: Fact, b: Fact): Fact {
  const both = Object.entries(a.values).map(([key, value]): [string, Value] => {
    const again = b.values[key]?.source ?? [];
    return [key, { value: value.value, source: [...value.source, ...again].slice(0, placesMax) }];
  });
  return {
    ...a,
    values: { ...b.values, ...Object.fromEntries(both) },
    source: [...a.source, ...b.source],
    evidence: { ...b.evidence, ...a.evidence, "record.repeats": 1 },
  };
}

function contradictionsOf(facts: readonly Fact[], same: readonly number[]): readonly Contradiction[] {
  return same.flatMap((first, index) =>
    same.slice(index + 1).flatMap((second) => {
      const list = facts[first]?.list;
      // What was a diagnosis then may have another status in today's list of problems.
      const keys = list === facts[second]?.list ? ((list && exclusive[list]) ?? []) : ["negated"];
      return keys.flatMap((key) => {
        const [a, b] = [valueOf(facts[first], key), valueOf(facts[second], key)];
        const differs =
          key === "negated"
            ? (a ?? false) !== (b ?? false)
            : a !== undefined && b !== undefined && lettersOf(String(a)) !== lettersOf(String(b));
        return differs ? [{ first, second, key }] : [];
      });
    }),
  );
}
