import { hashOf } from "./memory.ts";

/**
 * The words of learned pages, of which only hashes are kept: enough to see that a word none of them has is
 * a letter away from one that several have, and so is likely misprinted or misread.
 */
export interface Vocabulary {
  readonly has: (word: string) => boolean;
  /** Share of the words with these hashes that learned pages have, 0..1. */
  readonly share: (hashes: readonly number[]) => number;
  /** The word that several pages have and that this one, which none has, is a letter away from; else null. In capitals. */
  readonly meant: (word: string) => string | null;
}

/** Shorter words are a letter away from many others. */
const lettersMin = 5;
/** Pages that must have the other word. */
const pagesMin = 3;

/** @param pages hashes of the words of each page, without repeats */
export function vocabularyOf(pages: Iterable<readonly number[]>): Vocabulary {
  const counts = new Map<number, number>();
  for (const tokens of pages) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const known = new Map<string, string | null>();
  const likeliest = (word: string): string | null => {
    let best: string | null = null;
    let most = pagesMin - 1;
    for (const other of lettersAway(word)) {
      const count = counts.get(hashOf(other)) ?? 0;
      if (count > most) [best, most] = [other, count];
    }
    return best;
  };
  const share = (hashes: readonly number[]) =>
    hashes.filter((hash) => counts.has(hash)).length / Math.max(1, hashes.length);
  const has = (word: string) => counts.has(hashOf(word.toUpperCase()));
  const meant = (word: string) => {
    const upper = word.toUpperCase();
    if (upper.length < lettersMin || !/^\p{L}+$/u.test(upper) || has(upper)) return null;
    const cached = known.get(upper);
    if (cached !== undefined) return cached;
    const found = likeliest(upper);
    known.set(upper, found);
    return found;
  };
  return { has, share, meant };
}

const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜÉÈÀÇ"];

/** Words with one letter more, less, another, or two changed about; but for the last, which grammar adds. */
function* lettersAway(word: string): Generator<string> {
  for (let at = 0; at < word.length; at += 1) {
    const [head, tail] = [word.slice(0, at), word.slice(at)];
    for (const letter of alphabet) {
      yield head + letter + tail;
      if (letter !== tail[0]) yield head + letter + tail.slice(1);
    }
    if (tail.length > 1) yield head + tail.slice(1);
    if (tail.length > 1) yield `${head}${tail[1]}${tail[0]}${tail.slice(2)}`;
  }
}
