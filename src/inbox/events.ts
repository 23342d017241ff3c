import type { ErrorInfo } from "../core/index.ts";
import { type RestingFolder, shown, textOf } from "./names.ts";
import type { Held, Tended } from "./tend.ts";

/** What the inbox tells while it works. Files are named as `invoice/a.pdf`. */
export type InboxEvent =
  | { readonly type: "watching"; readonly how: "events" | "polling"; readonly why: string | null }
  | { readonly type: "file.taken"; readonly file: string; readonly workflow: string }
  | { readonly type: "file.submitted"; readonly file: string; readonly workflow: string; readonly run: string }
  /** A person or a clock has to move first. */
  | { readonly type: "file.waits"; readonly file: string; readonly run: string; readonly status: string }
  | { readonly type: "file.trouble"; readonly file: string; readonly error: ErrorInfo }
  | {
      readonly type: "file.rested";
      readonly file: string;
      readonly run: string;
      readonly folder: RestingFolder;
      /** Absolute. */
      readonly path: string;
    }
  /** The folder itself cannot be worked with; told once until it is over. */
  | { readonly type: "trouble"; readonly error: ErrorInfo }
  | { readonly type: "trouble.over" };

export const fileOf = ({ claim }: Pick<Held, "claim">) => `${claim.workflow}/${shown(claim.name)}`;

/** What is worth telling about one move of a claim. */
export function newsOf(before: Held, after: Tended): readonly InboxEvent[] {
  const file = fileOf(before);
  if ("rested" in after) {
    const { id, folder } = after.resting;
    return [{ type: "file.rested", file, run: id, folder, path: textOf(after.rested) }];
  }
  if (!("held" in after)) return [];
  const { claim, run, trouble } = after.held;
  const events: InboxEvent[] = [];
  if (trouble && trouble.message !== before.trouble?.message)
    events.push({ type: "file.trouble", file, error: trouble });
  if (claim.run !== null && before.claim.run === null) {
    events.push({ type: "file.submitted", file, workflow: claim.workflow, run: claim.run });
  }
  const waits = run !== null && run.status !== "queued" && run.status !== "running";
  if (waits && run.status !== before.run?.status) {
    events.push({ type: "file.waits", file, run: run.id, status: run.status });
  }
  return events;
}
