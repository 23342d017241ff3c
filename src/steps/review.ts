import { amend } from "../core/index.ts";
import type { Draft, Final, Schema, Step } from "../ports/index.ts";

/**
 * Makes a draft final. Where doubts are open the run waits before this step until a person has
 * settled them; without any it goes on by itself.
 * @param name shown on the review page; give a second review another one
 */
export function review<S extends Schema>(name = "review"): Step<Draft<S>, Final<S>> {
  return {
    name,
    kind: "review",
    shape: {},
    run: async (state, { answers }) => ({ ...state, stage: "final", draft: amend(state.draft, answers) }),
  };
}
