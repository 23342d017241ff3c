import type { Decision, Doubt, Draft, DraftData, Step } from "weir";
import { amend, raise } from "../../src/core/index.ts";
import { letterOf } from "../../src/candidates/index.ts";
import { asksOf, customerOf, instructionIn, languageDecision, orderNumberOf, urgencyOf } from "./facts.ts";
import { answeredBy, shopOf } from "./answered-by.ts";
import { Details, type Routing, type Ticket } from "./schema.ts";

/** Adds what rules find in the message: urgency, language, customer, order number, what is asked, who can answer. */
export const details: Step<Draft<typeof Routing>, Draft<typeof Ticket>> = {
  name: "details",
  kind: "extract",
  shape: { rules: 2 },
  schema: Details,
  run: async ({ document, reading, draft, ...state }, context) => {
    const letter = letterOf(await context.text({ document, reading }));
    const customer = customerOf(letter);
    const language = languageDecision(letter);
    const decisions: Record<string, Decision> = {
      urgency: urgencyOf(letter),
      language,
      "customer.name": customer.name,
      "customer.email": customer.email,
      orderNumber: orderNumberOf(letter),
      asks: asksOf(letter),
      answeredBy: answeredBy(letter, shopOf(context.settings), {
        language: language.value,
        route: draft.decisions["route"]?.value ?? null,
      }),
    };
    const order = instructionIn(letter);
    const message = `the message tries to say itself where it goes: ${order}`;
    const doubt: Doubt = { code: "message.instructs", paths: ["route"], message, step: "details" };
    const found: DraftData = {
      ...amend(draft, decisions),
      optional: [...draft.optional, "language", "customer.name", "customer.email", "orderNumber", "asks"],
    };
    return {
      document,
      reading,
      stage: state.stage,
      draft: order === null ? found : raise(found, doubt),
    };
  },
};
