export { certifiedMiss, chanceOfAtLeast, chanceOfAtMost, labelsNeeded, lowerBound, upperBound } from "./bounds.ts";
export {
  crossFit,
  type Fold,
  type FoldOptions,
  groupedFolds,
  populationFolds,
  spreadFolds,
  type Splittable,
} from "./folds.ts";
export { hash32, seeded } from "./random.ts";
