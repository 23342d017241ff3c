import { countsOf, rougeWords } from "./rouge.ts";
import { type Shape, shapeOf, shapes } from "./shapes.ts";

/** How likely a word of a record comes into its summary, learned from pairs of both. */

export interface Count {
  /** Occurrences in records, and how many of them came into the summary. */
  readonly said: number;
  readonly kept: number;
  /** Records that hold it. */
  readonly records: number;
  /** Summaries of these that hold it, and how often all in all. */
  readonly notes: number;
  readonly times: number;
}

export interface Pair {
  readonly record: string;
  readonly note: string;
}

/** Counts of one pair, by word. */
export function countPair({ record, note }: Pair): ReadonlyMap<string, Count> {
  const notes = countsOf(rougeWords(note));
  return new Map(
    [...countsOf(rougeWords(record))].map(([word, said]) => {
      const times = notes.get(word) ?? 0;
      return [word, { said, kept: Math.min(said, times), records: 1, notes: Number(times > 0), times }];
    }),
  );
}

const none: Count = { said: 0, kept: 0, records: 0, notes: 0, times: 0 };

const sum = (a: Count, b: Count, sign: 1 | -1 = 1): Count => ({
  said: a.said + sign * b.said,
  kept: a.kept + sign * b.kept,
  records: a.records + sign * b.records,
  notes: a.notes + sign * b.notes,
  times: a.times + sign * b.times,
});

/** What is known of words: counts, by word and by shape. */
export class Lexicon {
  readonly words: ReadonlyMap<string, Count>;
  readonly shapes: ReadonlyMap<Shape, Count>;

  constructor(words: ReadonlyMap<string, Count>, ofShapes: ReadonlyMap<Shape, Count>) {
    this.words = words;
    this.shapes = ofShapes;
  }

  static of(pairs: readonly ReadonlyMap<string, Count>[]): Lexicon {
    const words = new Map<string, Count>();
    for (const pair of pairs) for (const [word, count] of pair) words.set(word, sum(words.get(word) ?? none, count));
    const byShape = new Map<Shape, Count>(shapes.map((shape) => [shape, none]));
    // A word of one record alone is what an unknown word is like.
    for (const [word, count] of words) {
      const shape = shapeOf(word);
      if (count.said <= rareMax) byShape.set(shape, sum(byShape.get(shape) ?? none, count));
    }
    return new Lexicon(words, byShape);
  }

  /** Without what stands in fewer records: names, and words too rare to tell anything. */
  common(recordsMin = 2): Lexicon {
    return new Lexicon(new Map([...this.words].filter(([, { records }]) => records >= recordsMin)), this.shapes);
  }

  /** Share of a word's occurrences that come into the summary, 0..1. @param own counts of a pair to leave out */
  rate(word: string, own?: ReadonlyMap<string, Count>): number {
    const { said, kept } = this.known(word, own);
    const { said: n, kept: some } = this.shapes.get(shapeOf(word)) ?? none;
    const prior = (some + 1) / (n + 4);
    return (kept + prior * pull) / (said + pull);
  }

  /** Chance that a summary which holds the word holds it once more. */
  again(word: string, own?: ReadonlyMap<string, Count>): number {
    const { notes, times } = this.known(word, own);
    return Math.min(0.97, Math.max(0, (times - notes + 0.3) / (times + 1)));
  }

  said(word: string, own?: ReadonlyMap<string, Count>): number {
    return this.known(word, own).said;
  }

  private known(word: string, own?: ReadonlyMap<string, Count>): Count {
    const all = this.words.get(word) ?? none;
    const mine = own?.get(word);
    return mine ? sum(all, mine, -1) : all;
  }
}

const rareMax = 3;
/** Occurrences that the word's shape counts for. */
const pull = 4;
