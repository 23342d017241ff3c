import type { GramCounts } from "./grams.ts";
import { dotAt } from "./neighbours.ts";
import { type DenseHead, fitSoftmax, scoreDense } from "./softmax.ts";
import { type SparseHead, fitSvm, scoreSparse } from "./svm.ts";
import { type SparseRow, type Vocabulary, encode, vocabularyOf } from "./vocabulary.ts";

/** Structurally different ways to score the classes for one message; the stack weighs them. */

/** In the order of their scores. `neighbours` are scored apart: they need all known messages. */
export const headNames = ["meaning", "words", "softmax", "typical", "names", "neighbours"] as const;
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
  /** Support vectors over the meaning, as weights: each class against all others, so that a stranger is of none. */
  readonly meaning: SparseHead;
  /** The same over words and pieces of words. */
  readonly words: SparseHead;
  readonly vocabulary: Vocabulary;
  /** Over the meaning: all classes compete, which of them is the best is told best. */
  readonly softmax: DenseHead;
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
const softmaxScale = 0.3;
const passes = 6;

/** How much a misplaced message costs a head: the cleaner the labels, the more. */
export interface Costs {
  readonly meaning: number;
  readonly words: number;
  readonly softmax: number;
}

export function fitHeads(material: Material, chosen: readonly number[], costs: Costs): Heads {
  const { width, classes, labels, grams } = material;
  const vocabulary = vocabularyOf(grams, chosen);
  const sparse = rowsOf(chosen, grams.length, (at) => encode(grams[at] ?? [], vocabulary).row);
  const dense = rowsOf(chosen, grams.length, (at) => denseRow(vectorAt(material, at)));
  return {
    meaning: fitSvm(dense, labels, { classes, features: width }, chosen, { cost: costs.meaning, passes }),
    words: fitSvm(sparse, labels, { classes, features: vocabulary.hashes.length }, chosen, {
      cost: costs.words,
      passes,
    }),
    vocabulary,
    softmax: softmaxHead(material, chosen, costs.softmax),
    typical: typicalOf(material, chosen),
  };
}

/** The name of a class is one more message of it: what it is called says much where there are few. */
function softmaxHead(material: Material, chosen: readonly number[], cost: number): DenseHead {
  const { width, classes, labels, names } = material;
  const given = chosen.map((at) => labels[at] ?? 0);
  const named = [...new Set(given)];
  const rows = [
    ...chosen.map((at) => vectorAt(material, at)),
    ...named.map((one) => names.subarray(one * width, (one + 1) * width)),
  ];
  return fitSoftmax(rows, [...given, ...named], classes, cost);
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

/** Direction of the sum of the messages of each class. */
function typicalOf(material: Material, chosen: readonly number[]): Float32Array {
  const { width, classes, labels } = material;
  const found = new Float32Array(classes * width);
  for (const at of chosen) {
    const from = (labels[at] ?? 0) * width;
    for (const [i, value] of vectorAt(material, at).entries()) found[from + i] = (found[from + i] ?? 0) + value;
  }
  for (let from = 0; from < found.length; from += width) {
    const row = found.subarray(from, from + width);
    const length = Math.hypot(...row);
    if (length > 0) row.forEach((value, at) => (row[at] = value / length));
  }
  return found;
}

export function readHeads(heads: Heads, names: Float32Array, vector: Float32Array, grams: GramCounts): HeadReading {
  const { row, known } = encode(grams, heads.vocabulary);
  const classes = heads.softmax.bias.length;
  const scores = new Float32Array(headsCount * classes);
  scores.set(scoreSparse(heads.meaning, denseRow(vector)), 0);
  scores.set(scoreSparse(heads.words, row), classes);
  scores.set(
    scoreDense(heads.softmax, vector).map((score) => score * softmaxScale),
    2 * classes,
  );
  for (let one = 0; one < classes; one += 1) {
    scores[3 * classes + one] = cosineScale * dotAt(vector, heads.typical, one * vector.length);
    scores[4 * classes + one] = cosineScale * dotAt(vector, names, one * vector.length);
  }
  return { scores, known };
}
