import type { Candidate } from "./candidate.ts";
import { overText, type Reading } from "./flow.ts";
import { placeNames, placeOf } from "./gazetteer.ts";
import type { Layout } from "./layout.ts";

const printed = new RegExp(
  `(?<![\\p{L}\\d])(?:${placeNames.map((name) => name.replaceAll(" ", "\\s+")).join("|")})(?![\\p{L}\\d])`,
  "giu",
);

/** States and countries, in their usual spelling. */
export function findPlaces(layout: Layout): readonly Candidate[] {
  return overText(layout, "place", placesIn);
}

function placesIn(text: string): readonly Reading[] {
  return [...text.matchAll(printed)].flatMap(({ 0: name, index }) => {
    const place = /^\p{Lu}/u.test(name) ? placeOf(name) : null;
    if (place === null) return [];
    return [{ start: index, end: index + name.length, value: place.name, traits: [place.kind] }];
  });
}
