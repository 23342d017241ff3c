import type { Message } from "../../candidates/index.ts";

/** Words and pieces of words of a message, as numbers: the features of the sparse head. */

/** Texts are read so far: what a message is about stands at its beginning, logs and quotes behind. */
const headCharactersMax = 400;
const bodyCharactersMax = 4_000;
const pieceCharactersMax = 1_500;
/** A line this short may be a heading or a line of a form. */
const lineCharactersMax = 60;
const linesMax = 60;

/** Occurrences of each feature of a message, by block: every block is brought to unit length by itself. */
export type GramCounts = readonly ReadonlyMap<number, number>[];

const word = /[\p{L}\p{N}]+(?:['’]\p{L}+)*|[?!]/gu;

function wordsOf(text: string): readonly string[] {
  return Array.from(text.toLowerCase().matchAll(word), ([one]) => (/^\d+$/.test(one) ? "0" : one));
}

/** Blocks: words and pairs of words, pieces of words, words of the first line, whole short lines. */
export function gramsOf({ head, body }: Message): GramCounts {
  const top = head.slice(0, headCharactersMax);
  const rest = body.slice(0, bodyCharactersMax);
  const words = wordsOf(`${top}\n${rest}`);
  const blocks = [
    counted(wordGrams(words), 1),
    counted(pieceGrams(wordsOf(`${top}\n${rest}`.slice(0, pieceCharactersMax))), 2),
  ];
  return rest.trim() === "" ? blocks : [...blocks, counted(wordGrams(wordsOf(top)), 3), counted(shortLines(rest), 4)];
}

function shortLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim().toLowerCase())
    .filter((line) => line.length > 1 && line.length < lineCharactersMax)
    .slice(0, linesMax);
}

/** Single words and pairs of neighbours. */
function wordGrams(words: readonly string[]): readonly string[] {
  return words.flatMap((one, at) => (at === 0 ? [one] : [one, `${words[at - 1]} ${one}`]));
}

/** Three to five letters in a row, within a word and its borders. */
function pieceGrams(words: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  for (const one of words) {
    const framed = `_${one}_`;
    for (let length = 3; length <= 5; length += 1) {
      for (let at = 0; at + length <= framed.length; at += 1) pieces.push(framed.slice(at, at + length));
    }
  }
  return pieces;
}

function counted(grams: readonly string[], block: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const gram of grams) {
    const feature = hashOf(gram, block);
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  }
  return counts;
}

/** FNV-1a, 32 bits, with a last stir so that the low bits are good ones. */
function hashOf(text: string, block: number): number {
  let hash = (0x811c9dc5 ^ block) >>> 0;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return hash >>> 0;
}
