import { type RunStatus, isSettled } from "../../core/index.ts";

/** What the record of one run says. */
export interface RecordedRun {
  readonly itemId: string;
  readonly status: RunStatus;
  /** In order. */
  readonly events: readonly { readonly type: string; readonly step: string | null }[];
}

export interface Tally {
  readonly documents: number;
  readonly results: number;
  /** Documents without a result. */
  readonly lost: number;
  /** Documents with two results, or a step that is on record as done twice. */
  readonly doubled: number;
  readonly steps: number;
  /** Steps that were begun more than once. */
  readonly redone: number;
}

/** What a run comes to: it is over, or a person is asked. */
const ends = new Set(["run.succeeded", "run.failed", "run.cancelled", "run.needs-migration", "review.opened"]);

/** Counts from the records what came of the documents that went in, each named once. */
export function tally(documents: readonly string[], runs: readonly RecordedRun[]): Tally {
  const byItem = Map.groupBy(runs, ({ itemId }) => itemId);
  const settledOf = (id: string) => (byItem.get(id) ?? []).filter(({ status }) => isSettled(status));
  const steps = runs.flatMap(({ events }) => [...stepsOf(events).values()]);
  return {
    documents: documents.length,
    results: documents.reduce((sum, id) => sum + settledOf(id).length, 0),
    lost: documents.filter((id) => settledOf(id).length === 0).length,
    doubled: documents.filter((id) => isDoubled(byItem.get(id) ?? [])).length,
    steps: steps.length,
    redone: steps.filter(({ begun }) => begun > 1).length,
  };
}

function isDoubled(runs: readonly RecordedRun[]): boolean {
  if (runs.length > 1) return true;
  return runs.some(({ events }) => {
    const ended = events.filter(({ type }) => ends.has(type)).length;
    return ended > 1 || [...stepsOf(events).values()].some(({ done }) => done > 1);
  });
}

function stepsOf(events: RecordedRun["events"]): ReadonlyMap<string, { begun: number; done: number }> {
  const steps = new Map<string, { begun: number; done: number }>();
  for (const { type, step } of events) {
    if (step === null || (type !== "step.started" && type !== "step.done")) continue;
    const count = steps.get(step) ?? { begun: 0, done: 0 };
    if (type === "step.started") count.begun += 1;
    else count.done += 1;
    steps.set(step, count);
  }
  return steps;
}

/** Steps that have begun and are not done: what a kill interrupts. */
export function inProgress(run: RecordedRun): readonly string[] {
  return [...stepsOf(run.events)].flatMap(([step, { begun, done }]) => (begun > 0 && done === 0 ? [step] : []));
}
