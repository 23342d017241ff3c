import type { Message } from "../../candidates/index.ts";
import { type Json, WeirError } from "../../core/index.ts";
import { type GramCounts, gramsOf } from "./grams.ts";
import { type Heads, readHeads } from "./heads.ts";
import { type ChoiceCalibration, confidenceOf, familiarityOf } from "./calibration.ts";
import type { Learnt } from "./learn.ts";
import { withNeighbours } from "./readings.ts";
import { similarities, votesOf } from "./neighbours.ts";
import {
  type PackedTable,
  type Table,
  packFloats,
  packNumbers,
  packTable,
  tableOf,
  unpackFloats,
  unpackNumbers,
  unpackTable,
} from "./packing.ts";
import { type Usual, judge } from "./signals.ts";

/** What was learned about one choice, in a form that a profile holds, and how it decides. */

/** Heads of another version are other heads. */
const packedVersion = 2;

/** Plain JSON; numbers are packed. */
export type PackedChoice = {
  readonly version: typeof packedVersion;
  readonly choices: readonly string[];
  readonly width: number;
  readonly names: PackedTable;
  readonly meaning: { readonly weights: string; readonly bias: string };
  readonly words: { readonly weights: PackedTable; readonly bias: string };
  readonly vocabulary: { readonly hashes: string; readonly rarity: string };
  readonly softmax: { readonly weights: string; readonly bias: string };
  readonly typical: PackedTable;
  readonly stack: readonly number[];
  readonly usual: { readonly mean: string; readonly spread: string; readonly crowds: string };
  readonly calibration: {
    readonly right: readonly number[];
    readonly familiar: readonly number[];
    readonly scale: number;
    readonly shift: number;
  };
  readonly examples: {
    readonly ids: readonly string[];
    readonly labels: readonly number[];
    readonly vectors: PackedTable;
  };
};

/** A choice that can be made. */
export interface ChoiceModel {
  readonly choices: readonly string[];
  /** Numbers in a vector of a message. */
  readonly width: number;
  readonly heads: Heads;
  readonly names: Float32Array;
  readonly stack: Float64Array;
  readonly usual: Usual;
  readonly calibration: ChoiceCalibration;
  readonly ids: readonly string[];
  readonly vectors: Float32Array;
}

export function packChoice(
  learnt: Learnt,
  choices: readonly string[],
  material: {
    readonly width: number;
    readonly names: Float32Array;
    readonly vectors: Float32Array;
    readonly labels: Int32Array;
  },
  ids: readonly string[],
): PackedChoice {
  const { heads, usual, calibration, kept } = learnt;
  const { width } = material;
  const vectors = new Float32Array(kept.length * width);
  for (const [i, at] of kept.entries()) vectors.set(material.vectors.subarray(at * width, (at + 1) * width), i * width);
  const packed = (values: Float32Array) => packTable(tableOf(values, width));
  return {
    version: packedVersion,
    choices,
    width,
    names: packed(material.names),
    meaning: { weights: packFloats(heads.meaning.weights), bias: packFloats(heads.meaning.bias) },
    words: {
      weights: packTable(tableOf(heads.words.weights, choices.length)),
      bias: packFloats(heads.words.bias),
    },
    vocabulary: { hashes: packNumbers(heads.vocabulary.hashes), rarity: packFloats(heads.vocabulary.rarity) },
    softmax: { weights: packFloats(heads.softmax.weights), bias: packFloats(heads.softmax.bias) },
    typical: packed(heads.typical),
    stack: [...learnt.stack].map(round),
    usual: { mean: packFloats(usual.mean), spread: packFloats(usual.spread), crowds: packFloats(usual.crowds) },
    calibration: {
      right: [...calibration.right].map(round),
      familiar: [...calibration.familiar].map(round),
      scale: calibration.scale,
      shift: calibration.shift,
    },
    examples: {
      ids: kept.map((at) => ids[at] ?? ""),
      labels: kept.map((at) => material.labels[at] ?? 0),
      vectors: packed(vectors),
    },
  };
}

const round = (value: number) => Math.round(value * 1e6) / 1e6;

/** @param json what `packChoice` made, from a profile @throws WeirError `profile.damaged` */
export function unpackChoice(json: Json): ChoiceModel {
  // The profile's folder checks that nobody changed what we wrote.
  const packed = json as unknown as PackedChoice;
  if (packed.version !== packedVersion) {
    throw new WeirError(
      "profile.damaged",
      "What the profile holds for choosing was learned by another version of Weir.",
    );
  }
  const classes = packed.choices.length;
  return {
    choices: packed.choices,
    width: packed.width,
    names: expanded(unpackTable(packed.names)),
    heads: {
      meaning: { classes, weights: unpackFloats(packed.meaning.weights), bias: unpackFloats(packed.meaning.bias) },
      words: { classes, weights: expanded(unpackTable(packed.words.weights)), bias: unpackFloats(packed.words.bias) },
      vocabulary: {
        hashes: unpackNumbers(packed.vocabulary.hashes),
        rarity: unpackFloats(packed.vocabulary.rarity),
      },
      softmax: { weights: unpackFloats(packed.softmax.weights), bias: unpackFloats(packed.softmax.bias) },
      typical: expanded(unpackTable(packed.typical)),
    },
    stack: Float64Array.from(packed.stack),
    usual: {
      mean: unpackFloats(packed.usual.mean),
      spread: unpackFloats(packed.usual.spread),
      crowds: unpackFloats(packed.usual.crowds),
      labels: Int32Array.from(packed.examples.labels),
    },
    calibration: {
      ...packed.calibration,
      right: Float64Array.from(packed.calibration.right),
      familiar: Float64Array.from(packed.calibration.familiar),
    },
    ids: packed.examples.ids,
    vectors: expanded(unpackTable(packed.examples.vectors)),
  };
}

function expanded({ width, steps, scales }: Table): Float32Array {
  return Float32Array.from(steps, (step, at) => step * (scales[Math.floor(at / width)] ?? 0));
}

/** A choice for one message. */
export interface Choice {
  readonly value: string;
  /** Calibrated probability that it is right. */
  readonly confidence: number;
  /** Best first, the chosen one included; probabilities among the known choices. */
  readonly ranked: readonly { readonly value: string; readonly chance: number }[];
  /** In 0..1. */
  readonly evidence: Readonly<Record<string, number>>;
  /** The known messages nearest to it. */
  readonly nearest: readonly { readonly id: string; readonly value: string; readonly similarity: number }[];
}

const rankedMax = 5;
const nearestMax = 3;

/** @param among the values that may be answered, at least one of them learned; null: all that were learned */
export function choose(
  model: ChoiceModel,
  message: Message,
  vector: Float32Array,
  among: ReadonlySet<string> | null = null,
): Choice {
  const allowed = (at: number) => among?.has(model.choices[at] ?? "") ?? true;
  const grams: GramCounts = gramsOf(message);
  const similar = similarities(vector, model.vectors);
  const votes = votesOf(similar, model.usual.labels, model.choices.length, () => true);
  const reading = withNeighbours(readHeads(model.heads, model.names, vector, grams), votes);
  const verdict = judge(reading, model.stack, model.usual, allowed);
  const nameOf = (at: number) => model.choices[at] ?? "";
  const order = [...verdict.chances.keys()].toSorted((a, b) => (verdict.chances[b] ?? 0) - (verdict.chances[a] ?? 0));
  const [, , , agreement = 0, near = 0] = verdict.signals;
  const chanceAt = (rank: number) => verdict.chances[order[rank] ?? -1] ?? 0;
  return {
    value: nameOf(verdict.top),
    confidence: round(confidenceOf(model.calibration, verdict)),
    ranked: order.slice(0, rankedMax).map((at) => ({ value: nameOf(at), chance: round(verdict.chances[at] ?? 0) })),
    evidence: {
      "choice.chance": round(chanceAt(0)),
      "choice.lead": round(chanceAt(0) - chanceAt(1)),
      "choice.agreement": round(agreement),
      "choice.nearest": round(Math.max(0, near)),
      "choice.known": round(reading.known),
      "choice.familiar": round(familiarityOf(model.calibration, verdict)),
    },
    nearest: votes.nearby.slice(0, nearestMax).map(({ at, similarity }) => ({
      id: model.ids[at] ?? "",
      value: nameOf(model.usual.labels[at] ?? -1),
      similarity: round(similarity),
    })),
  };
}
