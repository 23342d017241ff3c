import { type Example, fit } from "../fit.ts";
import { scoreOf, type Weights } from "../../ranking/ranker.ts";
import { fusionPrior, hear, type Hearing, type ReaderName } from "./options.ts";
import type { JudgedPlace } from "./path-readers.ts";

/** How much each reader of a path counts, learned from answers to examples that the readers had not seen. */

/** Pull to what readers weigh unfused, for all rows together. */
const fusionPull = 4;

/** A page of a path as fusion learns from it. @returns nothing for a page on which no place is right */
export function lessonsOf(places: readonly JudgedPlace[], { values }: Hearing): readonly Example[] {
  const right = new Set(places.flatMap((one) => (one.right ? [one.place.key] : [])));
  if (right.size === 0) return [];
  return [{ options: values.map(({ cues }) => cues), right: values.map(({ option }) => right.has(option.key)) }];
}

export function fuseReaders(examples: readonly Example[]): Weights {
  return fit(examples, { l2: fusionPull / Math.max(1, examples.length), stepsMax: 40, prior: fusionPrior });
}

/** Mean log-probability of the truth that a reader must add on rows that its weight was not learned from. */
const gainMin = 0.005;

/** Whether answers get better by a reader: learned on each half of the rows, compared on the other, beyond chance. */
export function adds(name: ReaderName, rows: readonly (readonly JudgedPlace[])[]): boolean {
  const whole = rows.map((places) => lessonsOf(places, hear(places)));
  const rest = rows.map((places) => lessonsOf(places, hear(places, name)));
  const gains = [0, 1].flatMap((half) => {
    const isLearned = (_: unknown, at: number) => at % 2 === half;
    const [weights, bare] = [fuseReaders(whole.filter(isLearned).flat()), fuseReaders(rest.filter(isLearned).flat())];
    return whole.flatMap(([all], at) => {
      const [less] = rest[at] ?? [];
      if (at % 2 === half || all === undefined || less === undefined) return [];
      return [surprise(less, bare) - surprise(all, weights)];
    });
  });
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / Math.max(1, gains.length);
  const spread = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length);
  return mean > Math.max(gainMin, Math.sqrt(spread / Math.max(1, gains.length)));
}

function surprise({ options, right }: Example, weights: Weights): number {
  const scores = options.map((cues) => scoreOf(cues, weights));
  const top = Math.max(...scores);
  const masses = scores.map((score) => Math.exp(score - top));
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  const good = masses.reduce((sum, mass, at) => sum + (right[at] === true ? mass : 0), 0);
  return Math.log(all) - Math.log(Math.max(good, 1e-9));
}
