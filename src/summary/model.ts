import { type Json, InvariantBroken } from "../core/index.ts";
import type { SectionModel } from "./sections.ts";
import { type Shape, shapes } from "./shapes.ts";
import { type Count, Lexicon } from "./words.ts";

/** What was learned about summaries, and its form as JSON. */
export interface SummaryModel {
  readonly lexicon: Lexicon;
  /** Of the ranker's inputs. */
  readonly weights: Float64Array;
  readonly sections: SectionModel;
  /**
   * Chance that a note holds a sentence, by the mean chance of its words: intercept and slope of a
   * logistic curve; null where it was not learned for the user's own records.
   */
  readonly relevance: readonly [intercept: number, slope: number] | null;
}

interface Packed {
  readonly words: Readonly<Record<string, readonly number[]>>;
  readonly shapes: readonly (readonly number[])[];
  readonly weights: readonly number[];
  readonly sections: {
    readonly words: Readonly<Record<string, readonly number[]>>;
    readonly totals: readonly number[];
  };
  readonly relevance: readonly [number, number] | null;
}

const listed = ({ said, kept, records, notes, times }: Count) => [said, kept, records, notes, times];

function countOf([said = 0, kept = 0, records = 0, notes = 0, times = 0]: readonly number[]): Count {
  return { said, kept, records, notes, times };
}

export function packSummary({ lexicon, weights, sections, relevance }: SummaryModel): Json {
  const words = [...lexicon.words].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const titled = [...sections.words].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const packed: Packed = {
    words: Object.fromEntries(words.map(([word, count]) => [word, listed(count)])),
    shapes: shapes.map((shape) => listed(lexicon.shapes.get(shape) ?? countOf([]))),
    weights: [...weights].map((weight) => Math.round(weight * 1e4) / 1e4),
    sections: { words: Object.fromEntries(titled), totals: sections.totals },
    relevance,
  };
  return packed as unknown as Json;
}

export function unpackSummary(json: Json): SummaryModel {
  if (json === null || typeof json !== "object" || !("words" in json)) {
    throw new InvariantBroken("A lesson of summarize is an object with words.");
  }
  const packed = json as unknown as Packed;
  const words = new Map(Object.entries(packed.words).map(([word, count]) => [word, countOf(count)]));
  const byShape = new Map<Shape, Count>(shapes.map((shape, at) => [shape, countOf(packed.shapes[at] ?? [])]));
  return {
    lexicon: new Lexicon(words, byShape),
    weights: Float64Array.from(packed.weights),
    sections: { words: new Map(Object.entries(packed.sections.words)), totals: packed.sections.totals },
    relevance: packed.relevance,
  };
}
