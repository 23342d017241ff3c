import { WeirError, asWeirError } from "../core/index.ts";
import type { MigratedRun, OldRun, RunStore, Store, WorkflowPin } from "../ports/index.ts";
import { type WorkflowDefinition, stepNames } from "./definition.ts";

/** Gives what stands under the name or file of a run's workflow now, or null where there is nothing. */
export type FindWorkflow = (pin: WorkflowPin) => Promise<WorkflowDefinition | null>;

/** The version a run began with: the present one, or one that stands beside it. Null: it is not here any more. */
export function versionOf(present: WorkflowDefinition | null, pin: WorkflowPin): WorkflowDefinition | null {
  const here = present ? [present, ...present.earlier] : [];
  return here.find(({ name, hash }) => name === pin.name && hash === pin.hash) ?? null;
}

/** @throws WeirError `workflow.changed`, or what kept the workflow from loading */
export async function pinnedVersion(findWorkflow: FindWorkflow, pin: WorkflowPin): Promise<WorkflowDefinition> {
  const present = await findWorkflow(pin);
  const pinned = versionOf(present, pin);
  if (pinned) return pinned;
  throw changed(present, pin);
}

export function changed(present: WorkflowDefinition | null, { name, version }: WorkflowPin): WeirError {
  const found = present?.name === name ? `version ${present.version} with other steps or rules` : "none of that name";
  return new WeirError(
    "workflow.changed",
    `The run began with ${name} version ${version}; what is here now is ${found}.`,
  );
}

/**
 * What `migrate` makes of a run, checked.
 * @throws WeirError `workflow.changed` where it cannot be taken over, with the reason
 */
export function migrated(present: WorkflowDefinition, pin: WorkflowPin, old: OldRun): MigratedRun {
  const refused = (why: string, cause?: unknown) =>
    new WeirError("workflow.changed", `${changed(present, pin).message} ${why}`, { cause });
  let next: MigratedRun | null | undefined;
  try {
    next = present.migrate?.(old);
  } catch (thrown) {
    throw refused(`Its migrate() threw: ${asWeirError(thrown).message}.`, thrown);
  }
  if (!next) throw refused("Its migrate() does not take this run over.");
  const { after } = next;
  if (after === null || stepNames(present).includes(after)) return next;
  throw refused(`Its migrate() names a step "${after}", which is none of ${stepNames(present).join(", ")}.`);
}

/** @see Engine.settleVersions */
export async function settleVersions({ runs }: Store, findWorkflow: FindWorkflow): Promise<void> {
  for (const pin of await runs.pins(["review", "needs-migration"])) {
    // One that does not load says nothing about its runs.
    const present = await findWorkflow(pin).catch(() => undefined);
    if (present === undefined) continue;
    const isHere = versionOf(present, pin) !== null;
    const canTakeOver = present?.name === pin.name && present.migrate !== null;
    if (!isHere) await eachPinned(runs, pin, "review", (id) => runs.park(id, changed(present, pin).info()));
    if (isHere || canTakeOver) await eachPinned(runs, pin, "needs-migration", (id) => runs.retry(id));
  }
}

async function eachPinned(
  runs: RunStore,
  pin: WorkflowPin,
  status: "review" | "needs-migration",
  work: (id: string) => Promise<unknown>,
): Promise<void> {
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page = await runs.list({ status: [status], workflow: pin.name, ...(cursor ? { cursor } : {}), limit: 200 });
    for (const { id, workflow } of page.runs) if (workflow.hash === pin.hash) await work(id);
    cursor = page.cursor;
  }
}
