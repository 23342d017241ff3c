import { rougeWords } from "./rouge.ts";
import type { Sentence, Summary, Use } from "./summarize.ts";
import type { Texts } from "./tokens.ts";
import { isHeading } from "./turns.ts";

/** Long records in parts: each is summarised by itself, and what they say twice is said once. */

export interface Part {
  /** Position of its first line among the record's. */
  readonly from: number;
  readonly lines: Texts;
}

/** So much of a record is summarised at a time: choosing takes time with the square of what there is to choose from. */
const charactersMax = 24_000;

/** Cuts at headings where there are some near, between lines otherwise; every line is in one part. */
export function partsOf(lines: Texts): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  let size = 0;
  for (const [at, { text }] of lines.entries()) {
    const due = size > charactersMax || (size > charactersMax / 2 && isHeading(text));
    if (due && at > from) {
      parts.push({ from, lines: lines.slice(from, at) });
      from = at;
      size = 0;
    }
    size += text.length + 1;
  }
  return [...parts, { from, lines: lines.slice(from) }].filter((part) => part.lines.length > 0);
}

/** From this share of common words on, one of two sentences says what the other says. */
const sameMin = 0.8;

/**
 * One summary of several parts, in their order. Of sentences that say the same the first stays; of the
 * rest, those worth most for their length as long as there is room.
 */
export function mergeSummaries(
  parts: readonly { readonly from: number; readonly summary: Summary }[],
  charactersMost = Infinity,
): Summary {
  const all = parts.flatMap(({ from, summary }) => summary.sentences.map((sentence) => moved(sentence, from)));
  const coverage = parts.flatMap(({ summary }) => summary.coverage) as Use[];
  const distinct: Sentence[] = [];
  const seen = new Index();
  for (const sentence of all) {
    if (seen.has(sentence.text)) {
      for (const { line } of sentence.pieces) coverage[line] = "repeated";
    } else {
      seen.add(sentence.text);
      distinct.push(sentence);
    }
  }
  const kept = new Set<Sentence>();
  let left = charactersMost;
  for (const sentence of distinct.toSorted((a, b) => b.worth - a.worth)) {
    const cost = sentence.text.length + 1;
    if (cost > left) continue;
    kept.add(sentence);
    left -= cost;
  }
  for (const sentence of distinct) {
    if (!kept.has(sentence)) for (const { line } of sentence.pieces) coverage[line] = "no room";
  }
  // A line two sentences come from is used while one of them stays.
  for (const sentence of kept) for (const { line } of sentence.pieces) coverage[line] = "used";
  return {
    sentences: distinct.filter((sentence) => kept.has(sentence)),
    coverage,
    dropped: parts.flatMap(({ summary }) => summary.dropped),
  };
}

function moved(sentence: Sentence, from: number): Sentence {
  const pieces = sentence.pieces.map((piece) => ({ ...piece, line: piece.line + from }));
  return { ...sentence, pieces };
}

/** Sentences by their words, so that each meets only those it shares a long word with. */
class Index {
  private readonly byWord = new Map<string, Set<ReadonlySet<string>>>();

  add(text: string): void {
    const words = new Set(rougeWords(text));
    for (const word of words) {
      const others = this.byWord.get(word) ?? new Set();
      this.byWord.set(word, others.add(words));
    }
  }

  has(text: string): boolean {
    const words = new Set(rougeWords(text));
    const rarest = [...words].toSorted((a, b) => (this.byWord.get(a)?.size ?? 0) - (this.byWord.get(b)?.size ?? 0));
    // Two that share most words share one of the rarest few.
    const few = rarest.slice(0, 1 + Math.ceil(words.size * (1 - sameMin)));
    return few.some((word) => [...(this.byWord.get(word) ?? [])].some((other) => isSame(words, other)));
  }
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const numbers = (words: ReadonlySet<string>) => [...words].filter((word) => /\d/.test(word));
  if (numbers(a).some((number) => !b.has(number)) || numbers(b).some((number) => !a.has(number))) return false;
  const both = [...a].filter((word) => b.has(word)).length;
  return both >= sameMin * Math.max(a.size, b.size) && !differsIn(a, b);
}

/** Words that turn a sentence round must be the same in both. */
const turning = ["no", "not", "denies", "never", "left", "right", "without", "t"];
const differsIn = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  turning.some((word) => a.has(word) !== b.has(word));
