import type { GramCounts } from "./grams.ts";
import { dotAt } from "./neighbours.ts";
import { type DenseHead, fitRidge, momentsOf, scoreDense } from "./ridge.ts";
import { type SparseHead, fitSvm, scoreSparse } from "./svm.ts";
import { type SparseRow, type Vocabulary, encode, vocabularyOf } from "./vocabulary.ts";

/** Structurally different ways to score the classes for one message; the stack weighs them. */

/** In the order of their scores. `neighbours` are scored apart: they need all known messages. */
export const headNames = ["meaning", "words", "regression", "typical", "names", "neighbours"] as const;
export const headsCount = headNames.length;
export const neighboursHead = headNames.indexOf("neighbours");

/** Labelled messages, ready to learn from. */
export interface Material {
  /** Vector of the message, `width` numbers each, one after another. */
  readonly vectors: Float32Array;
  readonly width: number;
  readonly grams: readonly GramCounts[];
  /** Class of each message. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Vectors of the names of the classes, `width` numbers each; of zeros where names are not looked at. */
  readonly names: Float32Array;
}

export interface Heads {
  /** Support vectors over the meaning, as weights. */
  readonly meaning: SparseHead;
  readonly words: SparseHead;
  readonly vocabulary: Vocabulary;
  readonly regression: DenseHead;
  /** Direction of the mean message of each class. */
  readonly typical: Float32Array;
}

/** Head scores of one message and how much of it was known. */
export interface HeadReading {
  /** Heads × classes; the neighbours' part is still zero. */
  readonly scores: Float32Array;
  /** Share of its words and pieces that were learned from, 0..1. */
  readonly known: number;
}

/** Head scores are brought to about the same size, so that the stack's pull to zero treats them alike. */
const cosineScale = 5;
const regressionScale = 3;
const passes = 6;

/** How much a misplaced message costs a head: the cleaner the labels, the more. */
export interface Costs {
  readonly meaning: number;
  readonly words: number;
  /** Of the regression: its pull to zero, in rows. */
  readonly ridge: number;
}

export function fitHeads(material: Material, chosen: readonly number[], costs: Costs): Heads {
  const { width, classes, labels, grams, vectors } = material;
  const vocabulary = vocabularyOf(grams, chosen);
  const sparse = rowsOf(chosen, grams.length, (at) => encode(grams[at] ?? [], vocabulary).row);
  const dense = rowsOf(chosen, grams.length, (at) => denseRow(vectorAt(material, at)));
  const moments = momentsOf({ count: grams.length, width, values: vectors }, labels, classes, chosen);
  return {
    meaning: fitSvm(dense, labels, { classes, features: width }, chosen, { cost: costs.meaning, passes }),
    words: fitSvm(sparse, labels, { classes, features: vocabulary.hashes.length }, chosen, {
      cost: costs.words,
      passes,
    }),
    vocabulary,
    regression: fitRidge(moments, costs.ridge),
    typical: directions(moments.sums, width),
  };
}

function rowsOf(chosen: readonly number[], count: number, rowOf: (at: number) => SparseRow): readonly SparseRow[] {
  const rows = Array.from<SparseRow>({ length: count });
  for (const at of chosen) rows[at] = rowOf(at);
  return rows;
}

export function vectorAt({ vectors, width }: Pick<Material, "vectors" | "width">, at: number): Float32Array {
  return vectors.subarray(at * width, (at + 1) * width);
}

const places = new Map<number, Int32Array>();

function denseRow(values: Float32Array): SparseRow {
  const features = places.get(values.length) ?? Int32Array.from(values, (_value, at) => at);
  places.set(values.length, features);
  return { features, values };
}

function directions(sums: Float64Array, width: number): Float32Array {
  const found = Float32Array.from(sums);
  for (let from = 0; from < found.length; from += width) {
    const row = found.subarray(from, from + width);
    const length = Math.hypot(...row);
    if (length > 0) row.forEach((value, at) => (row[at] = value / length));
  }
  return found;
}

export function readHeads(heads: Heads, names: Float32Array, vector: Float32Array, grams: GramCounts): HeadReading {
  const { row, known } = encode(grams, heads.vocabulary);
  const classes = heads.regression.bias.length;
  const scores = new Float32Array(headsCount * classes);
  scores.set(scoreSparse(heads.meaning, denseRow(vector)), 0);
  scores.set(scoreSparse(heads.words, row), classes);
  scores.set(
    scoreDense(heads.regression, vector).map((score) => score * regressionScale),
    2 * classes,
  );
  for (let one = 0; one < classes; one += 1) {
    scores[3 * classes + one] = cosineScale * dotAt(vector, heads.typical, one * vector.length);
    scores[4 * classes + one] = cosineScale * dotAt(vector, names, one * vector.length);
  }
  return { scores, known };
}
