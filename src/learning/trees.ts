/**
 * Gradient-boosted trees for choosing among options: each tree moves the scores of all options so that the
 * right ones of each choice get more of its probability. Sees what no weighing can: that a cue means
 * something only together with another. Features are sparse; nothing is random.
 */

/** Options of many choices one after another. */
export interface TreeTable {
  /** Feature numbers and bins of all options one after another; `ends` says where each option stops. A feature that is left out is in bin 0. */
  readonly features: Int32Array;
  readonly bins: Uint8Array;
  readonly ends: Int32Array;
  /** Where each choice stops, in options. */
  readonly choices: Int32Array;
  /** 1 for right options. */
  readonly right: Uint8Array;
  readonly featureCount: number;
}

/** A split or a leaf, flat: `left` and `right` are places in the list. */
export interface TreeNode {
  /** -1 for a leaf. */
  readonly feature: number;
  /** Options in this bin or a higher one go right. */
  readonly bin: number;
  readonly left: number;
  readonly right: number;
  readonly value: number;
}

export type Tree = readonly TreeNode[];

export interface TreeOptions {
  readonly rounds: number;
  readonly depth: number;
  readonly rate: number;
  /** Pull of each leaf to zero. */
  readonly pull: number;
  /** Share of the features a tree may use; which ones goes round. */
  readonly featureShare: number;
}

export const binsMax = 8;

export function boost(table: TreeTable, options: TreeOptions): readonly Tree[] {
  const count = table.ends.length;
  const scores = new Float64Array(count);
  const gradients = new Float64Array(count);
  const curvatures = new Float64Array(count);
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    slopes(table, scores, gradients, curvatures);
    const grown = grow({ table, gradients, curvatures, options, allowed: featuresOf(round, table, options) });
    for (let row = 0; row < count; row += 1) scores[row] = (scores[row] ?? 0) + (grown.moves[row] ?? 0);
    trees.push(grown.tree);
  }
  return trees;
}

/** Which features a round may use: a fixed scatter that differs from round to round. */
function featuresOf(round: number, { featureCount }: TreeTable, { featureShare }: TreeOptions): Uint8Array {
  return Uint8Array.from({ length: featureCount }, (_zero, feature) => {
    const mixed = Math.imul((feature + 1) * 2_654_435_761 + round * 40_503, 0x9e3779b1) >>> 0;
    return Number(mixed / 2 ** 32 < featureShare);
  });
}

/** First and second derivative of -log(probability of the right options) by each score. */
function slopes(table: TreeTable, scores: Float64Array, gradients: Float64Array, curvatures: Float64Array): void {
  let begin = 0;
  for (const end of table.choices) {
    let top = -Infinity;
    for (let row = begin; row < end; row += 1) top = Math.max(top, scores[row] ?? 0);
    let all = 0;
    let good = 0;
    for (let row = begin; row < end; row += 1) {
      const mass = Math.exp((scores[row] ?? 0) - top);
      all += mass;
      if (table.right[row] === 1) good += mass;
    }
    for (let row = begin; row < end; row += 1) {
      const mass = Math.exp((scores[row] ?? 0) - top);
      const wanted = table.right[row] === 1 ? mass / Math.max(good, Number.MIN_VALUE) : 0;
      gradients[row] = mass / all - wanted;
      curvatures[row] = Math.max(1e-6, (mass / all) * (1 - mass / all));
    }
    begin = end;
  }
}

interface Growth {
  readonly table: TreeTable;
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
  readonly options: TreeOptions;
  readonly allowed: Uint8Array;
}

interface Leaf {
  readonly rows: Int32Array;
  readonly depth: number;
  readonly gradient: number;
  readonly curvature: number;
}

function grow(growth: Growth): { readonly tree: Tree; readonly moves: Float64Array } {
  const { table, options } = growth;
  const nodes: TreeNode[] = [];
  const moves = new Float64Array(table.ends.length);
  const plant = (rows: Int32Array, depth: number): number => {
    const leaf = leafOf(rows, depth, growth);
    const at = nodes.length;
    const value = (-options.rate * leaf.gradient) / (leaf.curvature + options.pull);
    nodes.push({ feature: -1, bin: 0, left: 0, right: 0, value: Math.round(value * 1e4) / 1e4 });
    const split = depth >= options.depth ? null : bestSplit(leaf, growth);
    if (split === null) {
      for (const row of rows) moves[row] = nodes[at]?.value ?? 0;
      return at;
    }
    const goesRight = (row: number) => binOf(table, row, split.feature) >= split.bin;
    const left = plant(
      rows.filter((row) => !goesRight(row)),
      depth + 1,
    );
    const right = plant(rows.filter(goesRight), depth + 1);
    nodes[at] = { ...split, left, right, value: 0 };
    return at;
  };
  plant(Int32Array.from(table.ends.keys()), 0);
  return { tree: nodes, moves };
}

function leafOf(rows: Int32Array, depth: number, { gradients, curvatures }: Growth): Leaf {
  let gradient = 0;
  let curvature = 0;
  for (const row of rows) {
    gradient += gradients[row] ?? 0;
    curvature += curvatures[row] ?? 0;
  }
  return { rows, depth, gradient, curvature };
}

function binOf({ features, bins, ends }: TreeTable, row: number, feature: number): number {
  for (let at = row === 0 ? 0 : (ends[row - 1] ?? 0); at < (ends[row] ?? 0); at += 1) {
    if (features[at] === feature) return bins[at] ?? 0;
  }
  return 0;
}

const gainMin = 1e-3;
/** A side of a split has at least this much curvature: about so many undecided options. */
const curvatureMin = 0.5;

function bestSplit(leaf: Leaf, growth: Growth): { readonly feature: number; readonly bin: number } | null {
  const { options, allowed, table } = growth;
  const { gradient, curvature } = histogram(leaf.rows, growth);
  const worth = (g: number, h: number) => (g * g) / (h + options.pull);
  const before = worth(leaf.gradient, leaf.curvature);
  let best: { feature: number; bin: number } | null = null;
  let most = gainMin;
  for (let feature = 0; feature < table.featureCount; feature += 1) {
    if (allowed[feature] !== 1) continue;
    let g = 0;
    let h = 0;
    for (let bin = binsMax; bin >= 1; bin -= 1) {
      const cell = feature * (binsMax + 1) + bin;
      g += gradient[cell] ?? 0;
      h += curvature[cell] ?? 0;
      if (h < curvatureMin || leaf.curvature - h < curvatureMin) continue;
      const gain = worth(g, h) + worth(leaf.gradient - g, leaf.curvature - h) - before;
      if (gain > most) {
        most = gain;
        best = { feature, bin };
      }
    }
  }
  return best;
}

/** Sums by feature and bin; bin 0 is what is left. */
function histogram(rows: Int32Array, { table, gradients, curvatures }: Growth) {
  const { features, bins, ends, featureCount } = table;
  const gradient = new Float64Array(featureCount * (binsMax + 1));
  const curvature = new Float64Array(featureCount * (binsMax + 1));
  for (const row of rows) {
    const g = gradients[row] ?? 0;
    const h = curvatures[row] ?? 0;
    for (let at = row === 0 ? 0 : (ends[row - 1] ?? 0), end = ends[row] ?? 0; at < end; at += 1) {
      const cell = (features[at] ?? 0) * (binsMax + 1) + (bins[at] ?? 0);
      gradient[cell] = (gradient[cell] ?? 0) + g;
      curvature[cell] = (curvature[cell] ?? 0) + h;
    }
  }
  return { gradient, curvature };
}

/** Sum of what the trees say of an option with these bins. */
export function treesScore(trees: readonly Tree[], binOfFeature: (feature: number) => number): number {
  let score = 0;
  for (const tree of trees) {
    let at = 0;
    for (;;) {
      const node = tree[at];
      if (node === undefined) break;
      if (node.feature < 0) {
        score += node.value;
        break;
      }
      at = binOfFeature(node.feature) >= node.bin ? node.right : node.left;
    }
  }
  return score;
}
