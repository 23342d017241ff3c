import type { DocumentText } from "../core/index.ts";
import { lettersOf } from "../core/index.ts";

/** Whether a text stands on a page, as people write what they read: other case, commas and line breaks. */

export interface PageText {
  /** Letters and digits of everything, in reading order. */
  readonly letters: string;
  readonly words: readonly string[];
}

export function pageTextOf(text: DocumentText): PageText {
  const lines = text.pages.flatMap((page) => page.lines.map((line) => line.text));
  return { letters: lettersOf(lines.join(" ")), words: lines.flatMap((line) => wordsOf(line)) };
}

/** Share of its words that may be written otherwise than on the page, of a text that stands there. */
const strayShare = 0.35;

/**
 * Whether `value` stands on the page: letter by letter wherever the lines break, or else most of its
 * words at one place, with all its numbers there in their order. A number is never nearly right, and
 * one from elsewhere on the page is another number.
 */
export function standsOn(page: PageText, value: string): boolean {
  const wanted = lettersOf(value);
  if (wanted === "" || page.letters.includes(wanted)) return true;
  const words = wordsOf(value);
  const place = bestPlace(page.words, words);
  if (!inOrder(numbersOf(words), numbersOf(place))) return false;
  const letters = place.join("");
  const stray = words.filter((word) => !place.includes(word) && !(word.length >= 4 && letters.includes(word)));
  return stray.length <= strayShare * words.length;
}

const numbersOf = (words: readonly string[]) => words.flatMap((word) => word.match(/\d+/g) ?? []);

/** Whether all of `some` are met, one after another, on the way through `all`. */
function inOrder(some: readonly string[], all: readonly string[]): boolean {
  let met = 0;
  for (const one of all) if (one === some[met]) met += 1;
  return met === some.length;
}

/** The stretch of the page with most of these words; columns read across each other make it longer than they are. */
function bestPlace(page: readonly string[], words: readonly string[]): readonly string[] {
  const wanted = new Set(words);
  const length = 2 * words.length + 4;
  const hits = page.map((word) => (wanted.has(word) ? word.length : 0));
  let [best, sum, start] = [-1, 0, 0];
  for (const [at, hit] of hits.entries()) {
    sum += hit - (hits[at - length] ?? 0);
    if (sum > best) [best, start] = [sum, Math.max(0, at - length + 1)];
  }
  // What comes after the last hit may still belong to it, written together or apart.
  return page.slice(start, start + length + words.length);
}

/** Share of words two texts have in common, 0..1: twice the common ones by all. */
export function wordOverlap(a: string, b: string): number {
  const [x, y] = [new Set(wordsOf(a)), new Set(wordsOf(b))];
  const both = [...x].filter((word) => y.has(word)).length;
  return x.size + y.size === 0 ? 1 : (2 * both) / (x.size + y.size);
}

function wordsOf(text: string): readonly string[] {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
