import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { InvariantBroken, WeirError, openDoubts } from "../core/index.ts";
import type { Doubt, DraftData } from "../core/index.ts";
import type { Pages, State, StepContext, StepHost } from "../ports/index.ts";
import { type FlowNode, type RuntimeStep, type WorkflowDefinition, armLabel, branchLabel } from "./definition.ts";

/**
 * One channel holds the whole state: it is small (documents are stored beside it), replaced as a
 * whole by every step, and stored once a version.
 */
export const WeirState = Annotation.Root({ work: Annotation<State> });

export interface GraphOptions {
  readonly checkpointer?: BaseCheckpointSaver;
  /** Gives each step its context; default: one without a durable run behind it. */
  readonly context?: (step: { readonly name: string }) => StepContext;
}

/** Where a run may wait for a person: before these nodes the graph stops and the doubts are looked at. */
export interface Gate {
  readonly node: string;
  /** What must be settled before the node may run. */
  doubts(draft: DraftData): readonly Doubt[];
}

export type WeirGraph = ReturnType<typeof compileGraph>;

/**
 * Compiles to LangGraph. Runs stop before every gate (`interruptBefore`), so that a review happens
 * between steps and never inside one. `maxConcurrency` must never be passed: 1 drops work silently.
 */
export function compileGraph(definition: WorkflowDefinition, host: StepHost, options: GraphOptions = {}) {
  const graph = new StateGraph(WeirState) as unknown as LooseGraph;
  const context = options.context ?? ((step) => looseContext(definition, host, step.name));
  const last = addNodes(graph, definition, definition.nodes, [{ from: START }], "", context);
  for (const exit of last) connect(graph, exit, END);
  const { checkpointer } = options;
  const interruptBefore = checkpointer ? gatesOf(definition).map((gate) => gate.node) : [];
  return (graph as unknown as StateGraph<typeof WeirState.spec>).compile({
    name: definition.name,
    ...(checkpointer ? { checkpointer, interruptBefore: interruptBefore as never[] } : {}),
  });
}

/** The nodes a run may have to wait at, with what must be settled there. */
export function gatesOf(definition: WorkflowDefinition): readonly Gate[] {
  const walk = (nodes: readonly FlowNode[], prefix: string): Gate[] =>
    nodes.flatMap((node): Gate[] => {
      if (node.type === "step") {
        return node.step.kind === "review" ? [{ node: prefix + node.step.name, doubts: openDoubts }] : [];
      }
      const gate = { node: prefix + branchLabel(node.path), doubts: (draft: DraftData) => doubtsOn(draft, node.path) };
      return [gate, ...Object.entries(node.arms).flatMap(([value, arm]) => walk(arm, prefix + armLabel(value, "")))];
    });
  return walk(definition.nodes, "");
}

function doubtsOn(draft: DraftData, path: string): readonly Doubt[] {
  return openDoubts(draft).filter(
    (doubt) => doubt.paths.includes(path) && draft.decisions[path]?.status !== "accepted",
  );
}

/** Our step as a node of a hand-written StateGraph over `WeirState`. */
export function asNode(
  step: RuntimeStep,
  definition: WorkflowDefinition | null,
  context: (step: { name: string }) => StepContext,
) {
  return async (state: typeof WeirState.State): Promise<typeof WeirState.Update> => {
    const stepContext = context(step);
    const done = await step.run(state.work, stepContext);
    const decides = step.kind === "extract" || step.kind === "validate" || step.kind === "own";
    const policy = definition?.escalate;
    if (!policy || !decides || !("draft" in done)) return { work: done };
    const draft = await policy.settle(done.draft, done as Pages, stepContext);
    return { work: { ...done, draft } };
  };
}

interface LooseGraph {
  addNode(name: string, run: (state: typeof WeirState.State) => unknown): void;
  addEdge(from: string, to: string): void;
  addConditionalEdges(
    from: string,
    choose: (state: typeof WeirState.State) => string,
    targets: Record<string, string>,
  ): void;
}

/** A loose end: a node, or the value of a branch whose arm has no steps. */
type Exit = { readonly from: string; readonly branch?: PendingBranch; readonly value?: string };

interface PendingBranch {
  readonly targets: Record<string, string>;
}

function connect(graph: LooseGraph, exit: Exit, to: string): void {
  if (exit.branch && exit.value !== undefined) exit.branch.targets[exit.value] = to;
  else graph.addEdge(exit.from, to);
}

function addNodes(
  graph: LooseGraph,
  definition: WorkflowDefinition,
  nodes: readonly FlowNode[],
  entries: readonly Exit[],
  prefix: string,
  context: (step: { readonly name: string }) => StepContext,
): readonly Exit[] {
  let exits = entries;
  for (const node of nodes) {
    const name = prefix + (node.type === "step" ? node.step.name : branchLabel(node.path));
    const step = node.type === "step" ? { ...node.step, name } : settleBranch(node.path, name);
    graph.addNode(name, asNode(step, definition, context));
    for (const exit of exits) connect(graph, exit, name);
    exits = node.type === "step" ? [{ from: name }] : addArms(graph, definition, node, name, prefix, context);
  }
  return exits;
}

function addArms(
  graph: LooseGraph,
  definition: WorkflowDefinition,
  node: FlowNode & { type: "branch" },
  from: string,
  prefix: string,
  context: (step: { readonly name: string }) => StepContext,
): readonly Exit[] {
  const branch: PendingBranch = { targets: {} };
  const exits = Object.entries(node.arms).flatMap(([value, arm]) =>
    addNodes(graph, definition, arm, [{ from, branch, value }], prefix + armLabel(value, ""), context),
  );
  // LangGraph asks for node names, and an arm's first node is only known once it was added.
  graph.addConditionalEdges(from, (state) => targetOf(state.work, node.path, branch), branch.targets);
  return exits;
}

function targetOf(work: State, path: string, branch: PendingBranch): string {
  const value = "draft" in work ? work.draft.decisions[path]?.value : undefined;
  const target = branch.targets[String(value)];
  if (target === undefined) {
    throw new WeirError(
      "workflow.invalid",
      `No arm of the branch on "${path}" takes the value ${JSON.stringify(value)}.`,
    );
  }
  return String(value);
}

/** The node of a branch takes what a person decided about its path. */
function settleBranch(path: string, name: string): RuntimeStep {
  return {
    name,
    kind: "review",
    shape: {},
    run: async (state, context) => {
      const answer = context.answers[path];
      if (!answer || !("draft" in state)) return state;
      return { ...state, draft: { ...state.draft, decisions: { ...state.draft.decisions, [path]: answer } } };
    },
  };
}

function looseContext(definition: WorkflowDefinition, host: StepHost, name: string): StepContext {
  return {
    ...host,
    run: { id: "unrecorded", itemId: "unrecorded" },
    workflow: definition,
    settings: {},
    folder: process.cwd(),
    effectKey: `unrecorded/${name}`,
    signal: new AbortController().signal,
    answers: {},
    text: async (state) => {
      const bytes = await host.blobs.get(state.reading.sha256);
      return JSON.parse(new TextDecoder().decode(bytes));
    },
    count: () => {},
  };
}

/** The draft of a state, where it has one. */
export function draftOf(state: State | undefined): DraftData | null {
  return state && "draft" in state ? state.draft : null;
}

/** The state of a graph that has at least begun. */
export function workOf(values: { readonly work?: State }): State {
  if (!values.work) throw new InvariantBroken("A run without state.");
  return values.work;
}
