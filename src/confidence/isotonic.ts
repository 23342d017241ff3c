/** A rising curve from a first guess of a probability to the share that was right, by points. */
export type Curve = readonly (readonly [guess: number, probability: number])[];

interface Block {
  readonly guesses: number;
  readonly right: number;
  readonly rows: number;
}

/**
 * Isotonic regression (pool adjacent violators). Each block's share is drawn to its mean guess by one
 * row, so that a block without an error is not certain; between blocks the curve rises evenly, so that
 * the order of answers is kept.
 */
export function fitIsotonic(guesses: readonly number[], right: readonly boolean[]): Curve {
  const order = [...guesses.keys()].toSorted((a, b) => (guesses[a] ?? 0) - (guesses[b] ?? 0));
  const blocks: Block[] = [];
  for (const at of order) {
    let block: Block = { guesses: guesses[at] ?? 0, right: right[at] === true ? 1 : 0, rows: 1 };
    for (let last = blocks.at(-1); last !== undefined && shareOf(last) >= shareOf(block); last = blocks.at(-1)) {
      blocks.pop();
      block = {
        guesses: last.guesses + block.guesses,
        right: last.right + block.right,
        rows: last.rows + block.rows,
      };
    }
    blocks.push(block);
  }
  const points = blocks.map((block) => [block.guesses / block.rows, shareOf(block)] as const);
  return [[0, 0], ...points, [1, 1]];
}

const shareOf = ({ guesses, right, rows }: Block) => (right + guesses / rows) / (rows + 1);

/** The curve's height at a guess. */
export function along(curve: Curve, guess: number): number {
  const next = curve.findIndex(([x]) => x >= guess);
  const [x1, y1] = curve[next < 0 ? curve.length - 1 : next] ?? [1, 1];
  const [x0, y0] = curve[Math.max(0, next - 1)] ?? [0, 0];
  return x1 === x0 ? y1 : y0 + ((guess - x0) / (x1 - x0)) * (y1 - y0);
}
