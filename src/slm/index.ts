export { fitDocument } from "./fit.ts";
export { checkedObject, writeObject } from "./grammar.ts";
export { planOf, shownLoss } from "./plan/plan.ts";
export { point } from "./point.ts";
