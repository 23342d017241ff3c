import { scoreOf, type Weights } from "../../ranking/ranker.ts";
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

/** The same before it is fused: it does not change with the weights of readers, of which cross-fitting tries many. */
export interface Hearing {
  readonly opinions: Readings["opinions"];
  /** Values with what fusion weighs for them. */
  readonly values: readonly { readonly option: Omit<Option, "probability">; readonly cues: Cues }[];
}

/** @param without a reader that is not heard */
export function hear(scored: readonly Scored[], without?: ReaderName): Hearing {
  const names = readerNames.filter((name) => name !== without && scored[0]?.scores[name] !== undefined);
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
  const values = [...Map.groupBy(scored, ({ place }) => place.key)].map(([key, group]) => {
    const ordered = group.toSorted((a, b) => leading(b) - leading(a));
    const readers = Object.fromEntries(names.map((name) => [name, opinions[name]?.get(key) ?? 0]));
    const memory = strongest(group.map((one) => one.memory));
    const option = {
      key,
      value: ordered[0]?.place.value ?? null,
      places: ordered.map(({ place }) => place),
      memory,
      readers,
    };
    return { option, cues: fusionCues(key, memory, opinions) };
  });
  return { opinions, values };
}

/** Values of a path with every reader's probability, fused by learned weights. */
export function fused({ opinions, values }: Hearing, fusion: Weights): Readings {
  const scores = values.map(({ cues }) => scoreOf(cues, fusion));
  const all = opinionOf(
    values.map(({ option }) => option),
    scores,
  );
  const options = values.map(({ option }): Option => ({ ...option, probability: all.get(option.key) ?? 0 }));
  return { options: options.toSorted((a, b) => b.probability - a.probability), opinions };
}

function leading({ scores }: Scored): number {
  return scores.logit ?? scores.generic ?? 0;
}

/** What fusion weighs for one value: each reader's log-probability, and what the memory says of it. */
function fusionCues(key: string, memory: Cues, opinions: Readings["opinions"]): Cues {
  const cues: Record<string, number> = {};
  for (const [name, opinion] of Object.entries(opinions)) {
    cues[name] = Math.log(Math.max(logFloor, opinion.get(key) ?? 0)) + (favourite(opinion).key === key ? 0.1 : 0);
  }
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
