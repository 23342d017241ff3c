import type { Weights } from "../../ranking/ranker.ts";
import { favourite, opinionOf, type Opinion, type Option } from "./reading.ts";
import type { Place } from "./places.ts";
import type { Cues } from "../../ranking/signals.ts";

/** Readers that score every place of a path; the names stand in evidence and in `--without`. */
export const readerNames = ["generic", "logit", "trees"] as const;
export type ReaderName = (typeof readerNames)[number];

/** A place with what the memory and each reader say of it. */
export interface Scored {
  readonly place: Place;
  readonly memory: Cues;
  readonly scores: Readonly<Partial<Record<ReaderName, number>>>;
}

/** What the readers of a path made of a page. */
export interface Readings {
  /** Likeliest first by the fused probability. */
  readonly options: readonly Option[];
  readonly opinions: Readonly<Record<string, Opinion>>;
}

const logFloor = 1e-4;

/** Values of a path with every reader's probability, fused by learned weights. */
export function readingsOf(scored: readonly Scored[], fusion: Weights): Readings {
  const names = Object.keys(scored[0]?.scores ?? {}) as readonly ReaderName[];
  const places = scored.map(({ place }) => place);
  const opinions = Object.fromEntries(
    names.map((name) => [
      name,
      opinionOf(
        places,
        scored.map(({ scores }) => scores[name] ?? 0),
      ),
    ]),
  );
  const groups = [...Map.groupBy(scored, ({ place }) => place.key)];
  const cues = groups.map(([key, group]) => fusionCues(key, group, opinions));
  const fused = cues.map((cue) =>
    Object.entries(cue).reduce((sum, [name, value]) => sum + value * (fusion[name] ?? 0), 0),
  );
  const all = opinionOf(
    groups.map(([key]) => ({ key })),
    fused,
  );
  const options = groups.map(([key, group]): Option => {
    const ordered = group.toSorted((a, b) => leading(b) - leading(a));
    const readers = Object.fromEntries(names.map((name) => [name, opinions[name]?.get(key) ?? 0]));
    return {
      key,
      value: ordered[0]?.place.value ?? null,
      probability: all.get(key) ?? 0,
      places: ordered.map(({ place }) => place),
      memory: strongest(group.map(({ memory }) => memory)),
      readers,
    };
  });
  return { options: options.toSorted((a, b) => b.probability - a.probability), opinions };
}

function leading({ scores }: Scored): number {
  return scores.logit ?? scores.generic ?? 0;
}

/** What fusion weighs for one value: each reader's log-probability, and what the memory says of it. */
export function fusionCues(key: string, group: readonly Scored[], opinions: Readonly<Record<string, Opinion>>): Cues {
  const cues: Record<string, number> = {};
  for (const [name, opinion] of Object.entries(opinions)) {
    cues[name] = Math.log(Math.max(logFloor, opinion.get(key) ?? 0)) + (favourite(opinion).key === key ? 0.1 : 0);
  }
  const memory = strongest(group.map((one) => one.memory));
  for (const name of ["memory.same", "memory.vote"]) if ((memory[name] ?? 0) > 0) cues[name] = memory[name] ?? 0;
  if (key === "") cues["absent"] = 1;
  return cues;
}

/** Each cue at its strongest over the places of one value. */
function strongest(cues: readonly Cues[]): Cues {
  const all: Record<string, number> = {};
  for (const one of cues) {
    for (const [name, value] of Object.entries(one)) all[name] = Math.max(all[name] ?? 0, value);
  }
  return all;
}

/** What readers weigh before anything was fused: the learned one alone. */
export const fusionPrior: Weights = { logit: 0.7, trees: 0.3, generic: 0.05 };
