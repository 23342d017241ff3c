import { describe, expect, test } from "vitest";
import { seeded } from "../../confidence/index.ts";
import { fitSoftmax, scoreDense } from "./softmax.ts";

const width = 6;
const classes = 3;

/** Rows around one direction a class, as unit vectors. */
function invented(count: number, noise: number) {
  const random = seeded(3);
  const labels = Array.from({ length: count }, (_zero, at) => at % classes);
  const rows = labels.map((label) => {
    const row = Float32Array.from({ length: width }, (_zero, at) => Number(at === label) + noise * (random() - 0.5));
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
  return { rows, labels };
}

/** Mean of -log P(right class), in nats. */
function lossOf(head: ReturnType<typeof fitSoftmax>, { rows, labels }: ReturnType<typeof invented>): number {
  const losses = rows.map((row, at) => {
    const masses = scoreDense(head, row).map(Math.exp);
    const all = masses.reduce((sum, mass) => sum + mass, 0);
    return -Math.log((masses[labels[at] ?? 0] ?? 0) / all);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe("softmax regression", () => {
  const given = invented(100, 1.5);
  const fit = (cost: number) => fitSoftmax(given.rows, given.labels, classes, cost);

  test("stands where no step of one along any weight makes its penalised loss smaller", () => {
    const cost = 5;
    const head = fit(cost);
    const penalised = (changed: typeof head) =>
      lossOf(changed, given) + changed.weights.reduce((sum, w) => sum + w * w, 0) / (2 * cost * given.rows.length);
    const here = penalised(head);
    for (let at = 0; at < head.weights.length; at += 1) {
      for (const step of [-1, 1]) {
        const weights = head.weights.map((weight, place) => (place === at ? weight + step : weight));
        expect(penalised({ ...head, weights })).toBeGreaterThan(here);
      }
    }
  });

  test("fits closer the more a misplaced row costs", () => {
    expect(lossOf(fit(100), given)).toBeLessThan(lossOf(fit(1), given));
    expect(lossOf(fit(1), given)).toBeLessThan(Math.log(classes));
  });

  test("gives the same weights each time, and learns from fewer rows than a batch", () => {
    expect(fit(5)).toEqual(fit(5));
    const few = { rows: given.rows.slice(0, 3), labels: given.labels.slice(0, 3) };
    expect(lossOf(fitSoftmax(few.rows, few.labels, classes, 30), few)).toBeLessThan(0.5);
  });
});
