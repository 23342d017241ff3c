export { fitDocument } from "./fit.ts";
export { writeObject } from "./grammar.ts";
export { planOf, shownLoss } from "./plan/plan.ts";
export { point } from "./point.ts";
