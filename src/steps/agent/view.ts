import {
  type Action,
  type Decisions,
  type DocumentText,
  type DraftData,
  type Json,
  actionsOf,
} from "../../core/index.ts";
import type { Pointed } from "./candidates.ts";

/** What the rules of an agent go by: the draft, what was done so far, what stands on the page. */
export interface AgentView {
  readonly decisions: Decisions;
  readonly text: DocumentText;
  /** What `--set` said. */
  readonly settings: Readonly<Record<string, string>>;
  /** Calls that were made, in order. */
  readonly actions: readonly Action[];
  /** The best answer of a path, null where there is none. */
  value(path: string): Json;
  /** What calls of a tool brought, in order. */
  results(tool: string): readonly CallResult[];
  /** Codes of the calls of a tool that failed. */
  failures(tool: string): readonly string[];
  /** What an argument of a tool can be, best first: values on the page that have not been tried. */
  left(tool: string, argument: string): readonly Pointed[];
}

export interface CallResult {
  readonly arguments: Action["arguments"];
  readonly value: Json;
}

export function viewOf(draft: DraftData, step: string, page: Pick<AgentView, "text" | "settings" | "left">): AgentView {
  const actions = actionsOf(draft, step).filter(({ outcome }) => outcome !== null);
  return {
    ...page,
    decisions: draft.decisions,
    actions,
    value: (path) => draft.decisions[path]?.value ?? null,
    results: (tool) =>
      actions.flatMap((one) =>
        one.tool === tool && one.outcome?.status === "done"
          ? [{ arguments: one.arguments, value: one.outcome.value }]
          : [],
      ),
    failures: (tool) =>
      actions.flatMap((one) => (one.tool === tool && one.outcome?.status === "failed" ? [one.outcome.code] : [])),
  };
}
