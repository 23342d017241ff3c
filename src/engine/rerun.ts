import type { RunnableConfig } from "@langchain/core/runnables";
import type { CheckpointTuple } from "@langchain/langgraph-checkpoint";
import { WeirError } from "../core/index.ts";
import type { RunCheckpointer } from "./checkpointer.ts";
import type { WeirGraph } from "./graph.ts";

/**
 * The journal of a run as it was the first time `step` was about to run: an agent's runs once a turn.
 * @throws WeirError `run.state` when the run never came to that step
 */
export async function journalBefore(
  graph: WeirGraph,
  checkpointer: RunCheckpointer,
  runId: string,
  step: string,
): Promise<CheckpointTuple> {
  let first: RunnableConfig | undefined;
  // Newest first.
  for await (const { next, config } of graph.getStateHistory({ configurable: { thread_id: runId } })) {
    if ((next as readonly string[]).includes(step)) first = config;
  }
  const tuple = first && (await checkpointer.getTuple(first));
  if (tuple) return tuple;
  throw new WeirError("run.state", `Run ${runId} never came to step "${step}".`, {
    hint: "`weir show RUN` lists the steps it took.",
  });
}

/** Begins a run's own journal where another one's was; what happened before is not done again. */
export async function forkJournal(
  checkpointer: RunCheckpointer,
  { checkpoint, metadata }: CheckpointTuple,
  runId: string,
): Promise<void> {
  const config = { configurable: { thread_id: runId, checkpoint_ns: "" } };
  const from = metadata ?? { source: "fork", step: 0, parents: {} };
  await checkpointer.put(config, checkpoint, { ...from, source: "fork" }, checkpoint.channel_versions);
}
