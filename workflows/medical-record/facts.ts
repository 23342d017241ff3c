import type { Draft, Pages, Step } from "weir";
import { draftOf } from "./draft.ts";
import { asData, judged, learnFacts } from "./learn.ts";
import { Facts, factsStep } from "./schema.ts";

/** Reads facts by rules: sections, rows and items, with the context of every finding; a profile says what they are worth. */
export const facts: Step<Pages, Draft<typeof Facts>> = {
  name: factsStep,
  kind: "extract",
  shape: { rules: 1 },
  schema: Facts,
  escalate: false,
  learn: async (examples, context) => await learnFacts(examples, context),
  run: async (state, context) => {
    const text = await context.text(state);
    const draft = draftOf(text, asData(context));
    return { ...state, stage: "draft", draft: judged(draft, await context.learned(text)) };
  },
};
