import type { Decision, Doubt, Draft, Step } from "weir";
import { letterOf } from "../../src/candidates/index.ts";
import { asksOf, customerOf, instructionIn, languageDecision, orderNumberOf, urgencyOf } from "./facts.ts";
import { Details, type Routing, type Ticket } from "./schema.ts";

/** Adds what rules find in the message: urgency, language, customer, order number, what is asked. */
export const details: Step<Draft<typeof Routing>, Draft<typeof Ticket>> = {
  name: "details",
  kind: "extract",
  shape: { rules: 1 },
  schema: Details,
  run: async ({ document, reading, draft, ...state }, context) => {
    const letter = letterOf(await context.text({ document, reading }));
    const customer = customerOf(letter);
    const decisions: Record<string, Decision> = {
      urgency: urgencyOf(letter),
      language: languageDecision(letter),
      "customer.name": customer.name,
      "customer.email": customer.email,
      orderNumber: orderNumberOf(letter),
      asks: asksOf(letter),
    };
    const order = instructionIn(letter);
    const message = `the message tries to say itself where it goes: ${order}`;
    const doubts: readonly Doubt[] =
      order === null ? [] : [{ code: "message.instructs", paths: ["route"], message, step: "details" }];
    return {
      document,
      reading,
      stage: state.stage,
      draft: {
        ...draft,
        decisions: { ...draft.decisions, ...decisions, ...doubted(draft.decisions, order !== null) },
        doubts: [...draft.doubts, ...doubts],
        optional: [...draft.optional, "language", "customer.name", "customer.email", "orderNumber", "asks"],
      },
    };
  },
};

/** What was accepted goes back to a person where the message tried to decide it. */
function doubted({ route }: Readonly<Record<string, Decision>>, isDoubted: boolean): Record<string, Decision> {
  return route && isDoubted && route.status === "accepted" ? { route: { ...route, status: "review" } } : {};
}
