import { type Example, fit } from "../fit.ts";
import { scoreOf, type Weights } from "../../ranking/ranker.ts";
import { fusionCues, fusionPrior, type ReaderName, readerNames } from "./options.ts";
import type { JudgedPlace } from "./path-readers.ts";
import { opinionOf } from "./reading.ts";

/** How much each reader of a path counts, learned from answers to examples that the readers had not seen. */

/** Pull to what readers weigh unfused, for all rows together. */
const fusionPull = 4;

/** @param rows places of one path on each page */
export function fuseReaders(rows: readonly (readonly JudgedPlace[])[], without?: ReaderName): Weights {
  const examples = rows.flatMap((places) => choiceOf(places, without));
  return fit(examples, { l2: fusionPull / Math.max(1, examples.length), stepsMax: 40, prior: fusionPrior });
}

function choiceOf(places: readonly JudgedPlace[], without?: ReaderName): readonly Example[] {
  if (!places.some(({ right }) => right)) return [];
  const names = readerNames.filter((name) => name !== without && places[0]?.scores[name] !== undefined);
  const all = places.map(({ place }) => place);
  const opinions = Object.fromEntries(
    names.map((name) => {
      const scores = places.map((one) => one.scores[name] ?? 0);
      return [name, opinionOf(all, scores)];
    }),
  );
  const groups = [...Map.groupBy(places, ({ place }) => place.key)];
  return [
    {
      options: groups.map(([key, group]) => fusionCues(key, group, opinions)),
      right: groups.map(([, group]) => group.some(({ right }) => right)),
    },
  ];
}

/** Mean log-probability of the truth that a reader must add on rows that its weight was not learned from. */
const gainMin = 0.005;

/** Whether answers get better by a reader: learned on each half of the rows, compared on the other, beyond chance. */
export function adds(name: ReaderName, rows: readonly (readonly JudgedPlace[])[]): boolean {
  const gains = [0, 1].flatMap((half) => {
    const learn = rows.filter((_, at) => at % 2 === half);
    const [weights, bare] = [fuseReaders(learn), fuseReaders(learn, name)];
    return rows.flatMap((places, at) => {
      if (at % 2 === half) return [];
      const [[whole], [rest]] = [choiceOf(places), choiceOf(places, name)];
      return whole === undefined || rest === undefined ? [] : [surprise(rest, bare) - surprise(whole, weights)];
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
