import { spelledNumbers } from "./shapes.ts";

/**
 * Whether lines say what a sentence says: the second method, built differently from the first. Each
 * word of the sentence looks for its like among the words of the lines by the letters they share, near
 * what the sentence's other words found; denials are counted where it was found. No lists of names, no
 * grammar of scopes: what the rules of `supportOf` let through by mistake has to pass here too.
 */

const word = /\d+(?:[.,/]\d+)*|\p{L}+(?:['’]\p{L}+)*/gu;
const deny = /^(?:no|not|n't|never|none|nor|without|nope|negative|den(?:y|ies|ied|ying))$|n't$/;
/** How far before and behind a word a denial is looked for, and how far apart the words of one statement stand. */
const before = 4;
const behind = 2;
const span = 24;
/** Letters shared, from here on, make two words alike. */
const alikeMin = 0.62;

interface Word {
  readonly text: string;
  readonly grams: ReadonlySet<string>;
  readonly weight: number;
}

/** What a sentence is worth at most that has a number or a side its lines do not have there. */
const criticalMax = 0.5;

/** @returns 0..1: the weight of what found its like, with denials standing alike; numbers and sides must stand as they are */
export function alignmentOf(sentence: string, lines: readonly string[]): number {
  const mine = wordsOf(sentence);
  const theirs = wordsOf(lines.join(" "));
  if (mine.length === 0) return 0;
  const likes = mine.map((one) => placesOf(one, theirs));
  const centre = centreOf(likes);
  let [found, all] = [0, 0];
  for (const [at, one] of mine.entries()) {
    if (one.weight === 0) continue;
    all += one.weight;
    const best = Math.max(0, ...(likes[at] ?? []).map((place) => worthOf(place, { at, centre, mine, theirs })));
    found += one.weight * best;
  }
  const score = all === 0 ? 1 : found / all;
  const critical = mine.every(({ text }, at) => !isCritical(text) || isFollowed(at, likes));
  return critical ? score : Math.min(score, criticalMax);
}

const isCritical = (text: string) => /\d/.test(text) || text === "left" || text === "right";

/** Whether the word stands in the lines with the next word of the sentence close behind it there too. */
function isFollowed(at: number, likes: readonly (readonly Place[])[]): boolean {
  const here = (likes[at] ?? []).filter(({ likeness }) => likeness === 1);
  if (at + 1 >= likes.length) return here.length > 0;
  return here.some((place) =>
    (likes[at + 1] ?? []).some((next) => next.at > place.at && next.at <= place.at + followMax),
  );
}

/** Words that may have been left out between two that belong together. */
const followMax = 5;

interface Place {
  readonly at: number;
  readonly likeness: number;
}

interface Where {
  readonly at: number;
  readonly centre: number | null;
  readonly mine: readonly Word[];
  readonly theirs: readonly Word[];
}

function worthOf(place: Place, { at, centre, mine, theirs }: Where): number {
  const same = isDenied(mine, at) === isDenied(theirs, place.at);
  const far = centre !== null && Math.abs(place.at - centre) > span;
  return place.likeness * (same ? 1 : 0.4) * (far ? 0.7 : 1);
}

function isDenied(words: readonly Word[], at: number): boolean {
  return words.slice(Math.max(0, at - before), at + behind + 1).some(({ text }) => deny.test(text));
}

function placesOf(one: Word, theirs: readonly Word[]): readonly Place[] {
  return theirs.flatMap((other, at): readonly Place[] => {
    const likeness = likenessOf(one, other);
    return likeness < alikeMin ? [] : [{ at, likeness }];
  });
}

/** The median of where words of weight were found only once. */
function centreOf(likes: readonly (readonly Place[])[]): number | null {
  const once = likes.flatMap((places) => (places.length === 1 ? (places[0]?.at ?? []) : [])).toSorted((a, b) => a - b);
  return once[Math.floor(once.length / 2)] ?? null;
}

/** Dice's coefficient of letter triples; numbers are alike or not. */
function likenessOf(a: Word, b: Word): number {
  if (a.text === b.text) return 1;
  if (/\d/.test(a.text) || /\d/.test(b.text)) return 0;
  let both = 0;
  for (const gram of a.grams) if (b.grams.has(gram)) both += 1;
  return (2 * both) / (a.grams.size + b.grams.size);
}

/** Long words and numbers carry what is said; the smallest words carry nothing. */
function wordsOf(text: string): readonly Word[] {
  const plain = text.replace(/^\s*(?:\[[^\]]*\]|patient:)/i, "").toLowerCase();
  return (plain.match(word) ?? []).map((found): Word => {
    const spelled = spelledNumbers.get(found);
    const one = spelled === undefined ? found : String(spelled);
    return { text: one, grams: gramsOf(one), weight: weightOf(one) };
  });
}

function weightOf(text: string): number {
  if (/\d/.test(text)) return 2;
  if (deny.test(text)) return 0;
  return text.length < 4 ? 0 : Math.min(2, text.length / 5);
}

function gramsOf(text: string): ReadonlySet<string> {
  const padded = `^${text}$`;
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at += 1) grams.add(padded.slice(at, at + 3));
  return grams;
}
