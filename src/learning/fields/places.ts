import type { Candidate } from "../../candidates/index.ts";
import { lettersOf } from "../../core/index.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import { absenceOf, optionsOf } from "../../ranking/ranker.ts";
import type { Cues } from "../../ranking/signals.ts";
import type { Survey } from "../../ranking/survey.ts";
import { find, type Finder } from "./finders.ts";
import { type Letters, pageLetters, placeOf } from "./letters.ts";
import { type Mark, markOf } from "./marks.ts";
import { wordCues } from "./words.ts";

/** One value a path may have on a page, at one place, with what speaks for it whatever was learned. */
export interface Place {
  /** In printed form; null says that the page does not state it. */
  readonly value: string | null;
  /** Places with the same key have the same value; "" for absence. */
  readonly key: string;
  readonly candidate: Candidate | null;
  readonly mark: Mark | null;
  readonly finder: Finder | "known" | "absent";
  /** Key of what the page prints, where that is a letter or two from a value of earlier documents; else null. */
  readonly misprint: string | null;
  readonly cues: Cues;
}

/** A page with what several paths need of it. */
export interface Page {
  readonly survey: Survey;
  readonly letters: Letters;
}

export function pageOf(survey: Survey): Page {
  return { survey, letters: pageLetters(survey.layout) };
}

/** What makes two printed values the same. Amounts are compared by value, all else by letters and digits. */
export function keyOf(value: string | null): string {
  if (value === null) return "";
  return /^-?\d+\.\d+$/.test(value) ? String(Number(value)) : lettersOf(value);
}

/** Everything the finders propose for a path, without repeats of a value at one place. */
export function placesOf(
  field: FieldSpec,
  fields: readonly FieldSpec[],
  finders: readonly Finder[],
  { survey }: Page,
): readonly Place[] {
  const rivals = rivalsOf(field, fields);
  const known = new Map<Candidate, Cues>();
  const taken = new Set<string>();
  return finders.flatMap((finder) => {
    const found = find(finder, field, survey);
    const fresh = [...new Set(found.map(({ candidate }) => candidate))].filter((one) => !known.has(one));
    const { cues } = optionsOf(field, rivals, survey, fresh);
    for (const [at, one] of fresh.entries()) known.set(one, { ...cues[at], ...wordCues(one, survey) });
    return found.flatMap(({ candidate, value }): readonly Place[] => {
      const key = keyOf(value);
      const at = `${key}@${candidate.row}:${candidate.start}`;
      if (key === "" || taken.has(at)) return [];
      taken.add(at);
      const own = finders.length > 1 ? { [`finder=${finder}`]: 1 } : {};
      const all = { ...known.get(candidate), ...own };
      return [{ value, key, candidate, mark: markOf(candidate, survey), finder, misprint: null, cues: all }];
    });
  });
}

function rivalsOf(field: FieldSpec, fields: readonly FieldSpec[]): readonly FieldSpec[] {
  return fields.filter((other) => other !== field && other.type === field.type && other.array === null);
}

/** That the page does not state it, given the places where it might. */
export function absentPlace(places: readonly Place[]): Place {
  const cues = absenceOf(places.map((place) => place.cues));
  return { value: null, key: "", candidate: null, mark: null, finder: "absent", misprint: null, cues };
}

/** Types whose values come back on later pages. */
const recurring: ReadonlySet<string> = new Set(["name", "address", "text", "currency", "vat", "iban"]);

/** Shorter values stand on many pages by chance. */
const lettersMin = 3;
const likenessMin = 0.8;

/**
 * Values of earlier documents that stand on this page although no finder proposes them: broken into lines
 * another way, or printed with a letter or two that differ.
 */
export function knownPlaces(
  field: FieldSpec,
  fields: readonly FieldSpec[],
  values: ReadonlyMap<string, string>,
  places: readonly Place[],
  { survey, letters }: Page,
): readonly Place[] {
  if (!recurring.has(field.type)) return [];
  const rivals = rivalsOf(field, fields);
  const here = new Set(places.map((place) => place.key));
  const pairs = new Map(places.map((place) => [place, pairsOf(place.key)]));
  return [...values].flatMap(([key, value]): readonly Place[] => {
    if (here.has(key) || key.length < lettersMin) return [];
    const kind = places[0]?.candidate?.kind ?? "text";
    const exact = placeOf(key, letters, survey.layout, kind, value);
    if (exact !== null) {
      const own = optionsOf(field, rivals, survey, [exact]).cues[0];
      const cues = { ...own, ...wordCues(exact, survey), "known.exact": 1 };
      return [{ value, key, candidate: exact, mark: markOf(exact, survey), finder: "known", misprint: null, cues }];
    }
    const [near, likeness] = mostAlike(key, pairs);
    if (near?.candidate === null || near === null) return [];
    const cues = { ...near.cues, "known.near": likeness };
    const misprint = onlyLetters(near.key, key) ? near.key : null;
    return [{ value, key, candidate: near.candidate, mark: near.mark, finder: "known", misprint, cues }];
  });
}

/** Whether two keys differ in letters alone: another number is another thing, and no misprint. */
function onlyLetters(a: string, b: string): boolean {
  return a.replaceAll(/\P{N}/gu, "") === b.replaceAll(/\P{N}/gu, "");
}

function mostAlike(key: string, places: ReadonlyMap<Place, ReadonlySet<string>>): readonly [Place | null, number] {
  const own = pairsOf(key);
  let best: Place | null = null;
  let most = likenessMin;
  for (const [place, pairs] of places) {
    if (Math.abs(place.key.length - key.length) > 0.2 * key.length) continue;
    let shared = 0;
    for (const pair of own) if (pairs.has(pair)) shared += 1;
    const likeness = (2 * shared) / (own.size + pairs.size);
    if (likeness > most) [best, most] = [place, likeness];
  }
  return [best, most];
}

function pairsOf(key: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (let at = 0; at + 2 <= key.length; at += 1) pairs.add(key.slice(at, at + 2));
  return pairs;
}
