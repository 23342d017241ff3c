export { sortExamples } from "./examples.ts";
export { gramsOf } from "./grams.ts";
export { type Answer, type Learnt, learnChoices } from "./learn.ts";
export { type Choice, type ChoiceModel, type PackedChoice, choose, packChoice, unpackChoice } from "./model.ts";
export { type Views, joined, nameText, textsOf, viewsFor } from "./views.ts";
