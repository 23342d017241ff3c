import { describe, expect, test } from "vitest";
import { boost, type Tree, treesScore, type TreeTable } from "./trees.ts";

/** Choices among four options: right is the one that has exactly one of two features, which no weighing can say. */
function puzzles(count: number): TreeTable {
  const kinds = [[], [0], [1], [0, 1]] as const;
  const features: number[] = [];
  const ends: number[] = [];
  const right: number[] = [];
  const choices: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const wanted = at % 2 === 0 ? [0] : [1];
    for (const kind of [kinds[0], wanted, kinds[3], kinds[3]]) {
      features.push(...kind);
      ends.push(features.length);
      right.push(Number(kind.length === 1));
    }
    choices.push(ends.length);
  }
  return {
    features: Int32Array.from(features),
    bins: Uint8Array.from(features, () => 8),
    ends: Int32Array.from(ends),
    choices: Int32Array.from(choices),
    right: Uint8Array.from(right),
    featureCount: 2,
  };
}

const options = { rounds: 20, depth: 3, rate: 0.3, pull: 1, featureShare: 1 };

const scoreOf = (trees: readonly Tree[], has: readonly number[]) =>
  treesScore(trees, (feature) => (has.includes(feature) ? 8 : 0));

describe("boosted trees", () => {
  test("see that a cue means something only without another", () => {
    const trees = boost(puzzles(60), options);
    for (const one of [[0], [1]]) {
      expect(scoreOf(trees, one)).toBeGreaterThan(scoreOf(trees, [0, 1]) + 1);
      expect(scoreOf(trees, one)).toBeGreaterThan(scoreOf(trees, []) + 1);
    }
  });

  test("the same examples give the same trees", () => {
    expect(boost(puzzles(30), options)).toEqual(boost(puzzles(30), options));
  });

  test("grow no deeper than they may", () => {
    const [tree] = boost(puzzles(60), { ...options, rounds: 1, depth: 1 });
    expect(tree?.length).toBeLessThanOrEqual(3);
  });
});
