import { type Json, sameValue } from "../../core/index.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import { scoreOf, type Weights } from "../../ranking/ranker.ts";
import type { Cues } from "../../ranking/signals.ts";
import { type Finder, ownFinder, type Recall } from "./finders.ts";
import { type Answer, memoryCues, type Recollection } from "./memory.ts";
import { signalCues } from "./signals.ts";
import { absentPlace, keyOf, knownPlaces, type Page, type Place, placesOf } from "./places.ts";

/** One path over all labelled examples, with everything that does not change from fold to fold worked out once. */
export interface Sheet {
  readonly field: FieldSpec;
  /** Names of cues by number; grows while it is made. */
  readonly names: Names;
  /** Weights known before anything was learned. */
  readonly prior: Weights;
  readonly recall: Recall;
  /** By example; null where it has no label for the path. */
  readonly entries: readonly (Entry | null)[];
}

export interface Entry {
  readonly truth: Json;
  readonly page: readonly PackedPlace[];
  readonly known: readonly PackedPlace[];
  readonly absent: PackedPlace;
}

/** A place with its cues as numbers. */
export interface PackedPlace {
  readonly place: Place;
  readonly right: boolean;
  readonly cues: Int32Array;
  readonly values: Float32Array;
  /** By the prior's weights. */
  readonly score: number;
}

/** Numbers for names, in order of appearance. */
export interface Names {
  readonly list: readonly string[];
  readonly idOf: (name: string) => number;
}

function namesTable(): Names {
  const list: string[] = [];
  const ids = new Map<string, number>();
  const idOf = (name: string) => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    ids.set(name, list.length);
    list.push(name);
    return list.length - 1;
  };
  return { list, idOf };
}

export interface SheetInput {
  readonly field: FieldSpec;
  readonly fields: readonly FieldSpec[];
  readonly finders: readonly Finder[];
  readonly recall: Recall;
  readonly prior: Weights;
  /** Values of all examples, by key. */
  readonly values: ReadonlyMap<string, string>;
}

/** A sheet without entries, and what makes the entry of a page. */
export interface SheetMaker {
  readonly field: FieldSpec;
  readonly entryOf: (page: Page, truth: Json) => Entry;
  readonly sheet: (entries: readonly (Entry | null)[]) => Sheet;
}

export function sheetMaker(input: SheetInput): SheetMaker {
  const { field, recall, prior } = input;
  const names = namesTable();
  return {
    field,
    entryOf: (page, truth) => entryOf(input, page, truth, names),
    sheet: (entries) => ({ field, names, prior, recall, entries }),
  };
}

function entryOf({ field, fields, finders, prior, values }: SheetInput, page: Page, truth: Json, names: Names): Entry {
  const places = placesOf(field, fields, finders, page);
  const pack = (place: Place): PackedPlace => ({
    place: { ...place, cues: told(place.cues) },
    right: sameValue(place.value, truth),
    ...packed(place.cues, names),
    score: scoreOf(place.cues, prior),
  });
  return {
    truth,
    page: places.map(pack),
    known: knownPlaces(field, fields, values, places, page).map(pack),
    absent: pack(absentPlace(places.filter((place) => place.finder === ownFinder(field)))),
  };
}

/** The cues that signals look at: all others are kept as numbers only, which takes a tenth of the memory. */
const toldCues = new Set<string>(signalCues);

function told(cues: Cues): Cues {
  return Object.fromEntries(Object.entries(cues).filter(([name]) => toldCues.has(name)));
}

export function packed(cues: Cues, names: Names): Pick<PackedPlace, "cues" | "values"> {
  const entries = Object.entries(cues);
  return {
    cues: Int32Array.from(entries, ([name]) => names.idOf(name)),
    values: Float32Array.from(entries, ([, value]) => value),
  };
}

/** Where and how the truth of an example stands on its page, for the memory. */
export function answerOf({ truth, page, known }: Entry): Answer {
  const marks = [...page, ...known].flatMap(({ place, right }) => (right && place.mark !== null ? [place.mark] : []));
  return {
    value: truth,
    key: keyOf(truth === null ? null : String(truth)),
    right: null,
    marks: marks.slice(0, marksMax),
  };
}

/** Places of one truth that are remembered. */
const marksMax = 3;

/** A place with what the memory says about it. */
export interface Seen {
  readonly packed: PackedPlace;
  readonly memory: Cues;
}

/** The options of an example for readers that use these finders and remember this. */
export function viewOf(
  entry: Entry,
  finders: ReadonlySet<string>,
  absence: boolean,
  recollection: Recollection,
): readonly Seen[] {
  const places = [
    ...entry.page.filter(({ place }) => finders.has(place.finder)),
    ...entry.known.filter(({ place }) => recollection.answers.has(place.key)),
    ...(absence ? [entry.absent] : []),
  ];
  return places.map((one) => ({ packed: one, memory: memoryCues(one.place, recollection) }));
}
