import { MemorySaver } from "@langchain/langgraph";
import type { CheckpointTuple } from "@langchain/langgraph-checkpoint";
import { InvariantBroken } from "../core/index.ts";
import type { EventRecord, MigratedRun, OldRun, RunRecord, State, StepHost, Store } from "../ports/index.ts";
import type { RunCheckpointer } from "./checkpointer.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { compileGraph } from "./graph.ts";
import { forkJournal } from "./rerun.ts";
import type { Mapping } from "./state.ts";
import { migrated } from "./versions.ts";

/**
 * A run of an earlier version as its journal shows it. Only the state is read: which node came next
 * in a graph that is not here any more cannot be known, so `migrate` has to say it.
 */
function oldRun(run: RunRecord, journal: CheckpointTuple, events: readonly EventRecord[]): OldRun {
  const values = { ...journal.checkpoint.channel_values };
  // A step may be done and its checkpoint lost in a crash.
  for (const [, channel, value] of journal.pendingWrites ?? []) values[channel] = value;
  const { work, map } = values as { readonly work?: State; readonly map?: Mapping | null };
  if (!work) throw new InvariantBroken(`The journal of run ${run.id} has no state.`);
  const { version, hash } = run.workflow;
  const done = events.flatMap(({ type, data }) => (type === "step.done" ? [String(data["step"])] : []));
  return { version, hash, state: map?.outer ?? work, done };
}

/** LangGraph's name for what comes before the first node. */
const input = "__input__";

/** A journal that begins where the run is to go on. */
async function journalAfter(
  definition: WorkflowDefinition,
  host: StepHost,
  { state, after }: MigratedRun,
): Promise<CheckpointTuple> {
  const checkpointer = new MemorySaver();
  const graph = compileGraph(definition, host, { checkpointer });
  const thread = { configurable: { thread_id: "migrated" } };
  const config = await graph.updateState(thread, { work: state }, (after ?? input) as never);
  const tuple = await checkpointer.getTuple(config);
  if (!tuple) throw new InvariantBroken("A journal without a checkpoint.");
  return tuple;
}

interface TakeVersion {
  readonly definition: WorkflowDefinition;
  readonly host: StepHost;
  readonly store: Store;
  readonly run: RunRecord;
  readonly checkpointer: RunCheckpointer;
}

/**
 * Hands a run of a version that is not here any more over to `definition`: journal and pin in one
 * transaction. A run that has its version stays as it is.
 * @throws WeirError `workflow.changed` where it cannot be taken over, with the reason
 */
export async function takeVersion({ definition, host, store, run, checkpointer }: TakeVersion): Promise<void> {
  const { version, hash } = definition;
  if (run.workflow.hash === hash) return;
  const journal = await checkpointer.getTuple({ configurable: { thread_id: run.id } });
  const begin = { state: { document: run.document }, after: null };
  const next = journal
    ? migrated(definition, run.workflow, oldRun(run, journal, await store.events.list(run.id)))
    : begin;
  const { version: from, hash: fromHash } = run.workflow;
  await forkJournal(checkpointer, await journalAfter(definition, host, next), run.id);
  const event = { type: "run.migrated", data: { from: { version: from, hash: fromHash }, to: { version, hash } } };
  await checkpointer.commit({ workflow: { version, hash }, events: [event] });
}
