import type { DraftData, Reader } from "./decision.ts";
import type { Span } from "./document.ts";
import type { Json } from "./json.ts";

/** One turn of an agent: what it chose to do, who chose, and what came of it. */
export interface Action {
  /** Name of the agent's step. */
  readonly step: string;
  /** From 1 within its step. */
  readonly turn: number;
  readonly tool: string;
  /** In printed form. */
  readonly arguments: Readonly<Record<string, Json>>;
  /** Where the arguments stand on the page; empty for those that come from a person or another call. */
  readonly source: readonly Span[];
  /** Who chose the tool and its arguments. */
  readonly by: Reader;
  /** Model tokens the choice took. */
  readonly tokens: number;
  /** Null while the call is under way: a choice is on record before anything happens. */
  readonly outcome: ActionOutcome | null;
}

export type ActionOutcome =
  | { readonly status: "done"; readonly value: Json }
  | { readonly status: "failed"; readonly code: string; readonly message: string };

/** What an agent did so far, in order. */
export function actionsOf(draft: DraftData, step: string): readonly Action[] {
  return (draft.actions ?? []).filter((action) => action.step === step);
}

/** The call that was chosen and not made yet; null when there is none. */
export function pendingAction(draft: DraftData, step: string): Action | null {
  const last = actionsOf(draft, step).at(-1);
  return last && last.outcome === null ? last : null;
}

/** The draft with one more choice on record. */
export function withAction(draft: DraftData, action: Action): DraftData {
  return { ...draft, actions: [...(draft.actions ?? []), action] };
}

/** The draft with what came of the pending call; without one it stays as it is. */
export function withOutcome(draft: DraftData, step: string, outcome: ActionOutcome): DraftData {
  const pending = pendingAction(draft, step);
  if (!pending) return draft;
  const others = (draft.actions ?? []).filter((action) => action !== pending);
  return { ...draft, actions: [...others, { ...pending, outcome }] };
}
