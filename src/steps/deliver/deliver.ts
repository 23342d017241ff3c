import { type DraftData, type Json, nestOutput } from "../../core/index.ts";
import type { Final, Schema, Step, StepContext } from "../../ports/index.ts";

/** What a delivery hands over: only final documents come here. */
export interface Delivery {
  readonly run: { readonly id: string; readonly itemId: string };
  readonly workflow: { readonly name: string; readonly version: number };
  readonly document: { readonly sha256: string; readonly name: string };
  /** The accepted values, nested as the schema is. */
  readonly output: { readonly [key: string]: Json };
  readonly draft: DraftData;
}

/** Where results go. */
export interface Target {
  readonly shape: { readonly [key: string]: Json };
  /** May be called again after a crash with the same `effectKey`: must not double. */
  readonly deliver: (delivery: Delivery, context: StepContext) => Promise<void>;
}

/** Hands a final document to a target, once. */
export function deliver<S extends Schema>(target: Target, name = "deliver"): Step<Final<S>, Final<S>> {
  return {
    name,
    kind: "deliver",
    shape: { target: target.shape },
    run: async (state, context) => {
      const { sha256, name: documentName } = state.document;
      await target.deliver(
        {
          run: context.run,
          workflow: { name: context.workflow.name, version: context.workflow.version },
          document: { sha256, name: documentName },
          output: nestOutput(state.draft.decisions),
          draft: state.draft,
        },
        context,
      );
      return state;
    },
  };
}

/** A target made of one's own function. */
export function to(run: (delivery: Delivery, context: StepContext) => Promise<void> | void): Target {
  return { shape: { source: String(run) }, deliver: async (delivery, context) => run(delivery, context) };
}

/** What programs get of a document: the values, and each one's decision. */
export function recordOf({ run, workflow, document, output, draft }: Delivery): { readonly [key: string]: Json } {
  const decisions = draft.decisions as unknown as { readonly [key: string]: Json };
  return { id: run.itemId, run: run.id, workflow, document, output, decisions };
}
