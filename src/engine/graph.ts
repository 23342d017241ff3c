import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import {
  type Decisions,
  type Doubt,
  type DraftData,
  InvariantBroken,
  WeirError,
  amend,
  openDoubts,
  pendingAction,
} from "../core/index.ts";
import type { Draft, Final, Schema, State, StepContext, StepHost } from "../ports/index.ts";
import {
  type FlowNode,
  type RuntimeStep,
  type WorkflowDefinition,
  armLabel,
  branchLabel,
  callLabel,
} from "./definition.ts";

/**
 * One channel holds the whole state: it is small (documents are stored beside it), replaced as a
 * whole by every step, and stored once a version.
 */
export const WeirState = Annotation.Root({ work: Annotation<State> });

export interface GraphOptions {
  readonly checkpointer?: BaseCheckpointSaver;
  /** Runs every step, in the engine's case with a record, a time limit and a durable run behind it. */
  readonly around?: Around;
}

/** @param run the step itself and the policy after it */
export type Around = (step: StepRun, state: State, run: (context: StepContext) => Promise<State>) => Promise<State>;

/** One run of a step. */
export interface StepRun {
  readonly name: string;
  /** Names what this run of it does outside; the same when a crash makes it run again. */
  readonly effect: string;
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
  const loose: Around = async (step, _state, run) => await run(looseContext(definition, host, step.effect));
  const builder = new GraphBuilder(definition, options.around ?? loose);
  const { checkpointer } = options;
  const interruptBefore = checkpointer ? gatesOf(definition).map((gate) => gate.node) : [];
  return builder.build().compile({
    name: definition.name,
    ...(checkpointer ? { checkpointer, interruptBefore: interruptBefore as never[] } : {}),
  });
}

/** The nodes a run may have to wait at, with what must be settled there. */
export function gatesOf(definition: WorkflowDefinition): readonly Gate[] {
  const walk = (nodes: readonly FlowNode[], prefix: string): Gate[] =>
    nodes.flatMap((node): Gate[] => {
      if (node.type === "agent") return [];
      if (node.type === "step") {
        const { name, kind, needs = [] } = node.step;
        if (kind === "review") return [{ node: prefix + name, doubts: openDoubts }];
        const doubts = (draft: DraftData) => needs.flatMap((path) => doubtsOn(draft, path));
        return needs.length > 0 ? [{ node: prefix + name, doubts }] : [];
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

/** Our step as a node of a StateGraph over `WeirState`. */
export function asNode(step: RuntimeStep, definition: WorkflowDefinition | null, around: Around) {
  return async ({ work }: typeof WeirState.State): Promise<typeof WeirState.Update> => ({
    work: await around(
      { name: step.name, effect: step.name + turnOf(step, work) },
      work,
      async (context) => await runStep(step, definition, work, context),
    ),
  });
}

/** Each turn of an agent has effects of its own. */
function turnOf({ kind, name }: RuntimeStep, work: State): string {
  if (kind !== "agent" || !("draft" in work)) return "";
  const turns = (work.draft.actions ?? []).filter(({ step }) => name === step || name === callLabel(step));
  return `/${turns.length}`;
}

/** Runs the step, and the rules anew where it may have changed what they read. */
async function runStep(
  step: RuntimeStep,
  definition: WorkflowDefinition | null,
  state: State,
  context: StepContext,
): Promise<State> {
  const done = await step.run(withNeeded(step, state, context.answers), context);
  if (!("draft" in done)) return done;
  // Values may have changed: every rule is asked again.
  if (step.kind === "escalate") return { ...done, draft: recheck(definition, done.draft) };
  return step.kind === "review" ? settled({ ...done, draft: recheck(definition, done.draft) }) : done;
}

/** What a person decided before a step about the paths it acts on. */
function withNeeded({ needs = [] }: RuntimeStep, state: State, answers: Decisions): State {
  const decided = Object.entries(answers).filter(([path]) => needs.includes(path));
  if (decided.length === 0 || !("draft" in state)) return state;
  return { ...state, draft: amend(state.draft, Object.fromEntries(decided)) };
}

/** A graph without a checkpointer cannot stop before a review, so the review itself must. */
function settled<Done extends Draft<Schema> | Final<Schema>>(done: Done): Done {
  const [first, ...others] = done.stage === "final" ? openDoubts(done.draft) : [];
  if (!first) return done;
  const rest = others.length > 0 ? ` and ${others.length} more` : "";
  throw new WeirError("review.needed", `The draft is not final: ${first.message}${rest}.`);
}

/** A person's decisions in the draft, and every rule asked again. What `openDoubts` then says is what is left to settle. */
export function withAnswers(definition: WorkflowDefinition, draft: DraftData, answers: Decisions): DraftData {
  return recheck(definition, amend(draft, answers));
}

function recheck(definition: WorkflowDefinition | null, draft: DraftData): DraftData {
  const schema = definition?.schema;
  if (!definition || !schema) return draft;
  return rulesOf(definition.nodes).reduce((checked, rule) => rule(checked, schema), draft);
}

function rulesOf(nodes: readonly FlowNode[]): readonly NonNullable<RuntimeStep["recheck"]>[] {
  return nodes.flatMap((node) => {
    if (node.type === "branch") return Object.values(node.arms).flatMap(rulesOf);
    return node.type === "step" && node.step.recheck ? [node.step.recheck] : [];
  });
}

/** LangGraph's builder with node names that are only known at run time. */
interface LooseGraph {
  addNode(name: string, run: (state: typeof WeirState.State) => unknown): void;
  addEdge(from: string, to: string): void;
  addConditionalEdges(
    from: string,
    choose: (state: typeof WeirState.State) => string,
    targets: Readonly<Record<string, string>>,
  ): void;
}

/** What leads to the next node: the node before it, or one value of a branch. */
type Exit = (to: string) => void;

class GraphBuilder {
  readonly #graph = new StateGraph(WeirState);
  readonly #loose = this.#graph as unknown as LooseGraph;
  readonly #forks: {
    readonly from: string;
    readonly choose: (work: State, targets: Readonly<Record<string, string>>) => string;
    readonly targets: Record<string, string>;
  }[] = [];
  readonly #definition: WorkflowDefinition;
  readonly #around: Around;

  constructor(definition: WorkflowDefinition, around: Around) {
    this.#definition = definition;
    this.#around = around;
  }

  build() {
    const exits = this.#addNodes(this.#definition.nodes, [(to) => this.#loose.addEdge(START, to)], "");
    for (const exit of exits) exit(END);
    // Only now: an arm without steps learns where it leads from what follows the branch.
    for (const { from, choose, targets } of this.#forks) {
      this.#loose.addConditionalEdges(from, (state) => choose(state.work, targets), targets);
    }
    return this.#graph;
  }

  #addNodes(nodes: readonly FlowNode[], entries: readonly Exit[], prefix: string): readonly Exit[] {
    let exits = entries;
    for (const node of nodes) {
      const name = prefix + nameOf(node);
      this.#addNode(stepOf(node, name));
      for (const exit of exits) exit(name);
      if (node.type === "step") exits = [(to) => this.#loose.addEdge(name, to)];
      else exits = node.type === "agent" ? this.#addCalls(node, name) : this.#addArms(node, name, prefix);
    }
    return exits;
  }

  #addNode(step: RuntimeStep): void {
    this.#loose.addNode(step.name, asNode(step, this.#definition, this.#around));
  }

  /** Choices and calls take turns until a choice leaves no call pending. */
  #addCalls(node: FlowNode & { type: "agent" }, from: string): readonly Exit[] {
    const call = callLabel(from);
    const { tools } = node;
    const limits = { ...node.limits, step: from };
    this.#addNode({
      ...agentNode,
      name: call,
      run: async (state, context) => await tools.call(asDraft(state), context, limits),
    });
    this.#loose.addEdge(call, from);
    const targets: Record<string, string> = { call };
    const choose = (work: State) => ("draft" in work && pendingAction(work.draft, limits.step) ? "call" : "done");
    this.#forks.push({ from, choose, targets });
    return [(to) => void (targets["done"] = to)];
  }

  #addArms(node: FlowNode & { type: "branch" }, from: string, prefix: string): readonly Exit[] {
    const targets: Record<string, string> = {};
    this.#forks.push({ from, choose: (work, known) => armOf(work, node.path, known), targets });
    return Object.entries(node.arms).flatMap(([value, arm]) => {
      const enter: Exit = (to) => {
        targets[value] = to;
      };
      return this.#addNodes(arm, [enter], prefix + armLabel(value, ""));
    });
  }
}

const agentNode = { kind: "agent", shape: {} } as const;

function nameOf(node: FlowNode): string {
  if (node.type === "branch") return branchLabel(node.path);
  return node.type === "agent" ? node.limits.step : node.step.name;
}

function stepOf(node: FlowNode, name: string): RuntimeStep {
  if (node.type === "branch") return settleBranch(node.path, name);
  if (node.type === "step") return { ...node.step, name };
  // In an arm of a branch its name is longer: two agents of one name keep apart what they did.
  const limits = { ...node.limits, step: name };
  return {
    ...agentNode,
    name,
    run: async (state, context) => await node.tools.choose(asDraft(state), context, limits),
  };
}

function asDraft(state: State): Draft<Schema> {
  if ("stage" in state && state.stage === "draft") return state;
  throw new InvariantBroken("An agent in a workflow without a draft.");
}

function armOf(work: State, path: string, targets: Readonly<Record<string, string>>): string {
  const value = "draft" in work ? String(work.draft.decisions[path]?.value) : "undefined";
  if (targets[value] !== undefined) return value;
  throw new WeirError("workflow.invalid", `No arm of the branch on "${path}" takes the value "${value}".`);
}

/** The node of a branch takes what a person decided about its path. */
function settleBranch(path: string, name: string): RuntimeStep {
  return {
    name,
    kind: "review",
    shape: {},
    run: async (state, context) => {
      const answer = context.answers[path];
      return answer && "draft" in state ? { ...state, draft: amend(state.draft, { [path]: answer }) } : state;
    },
  };
}

export function looseContext(definition: WorkflowDefinition, host: StepHost, effect: string): StepContext {
  return {
    ...host,
    run: { id: "unrecorded", itemId: "unrecorded" },
    workflow: definition,
    schema: definition.schema,
    learned: async () => null,
    settings: {},
    without: new Set(),
    folder: process.cwd(),
    effectKey: `unrecorded/${effect}`,
    lastTry: true,
    signal: new AbortController().signal,
    answers: {},
    text: async (state) => {
      const bytes = await host.blobs.get(state.reading.sha256);
      return JSON.parse(new TextDecoder().decode(bytes));
    },
    tell: () => {},
    count: () => {},
    countCloud: () => {},
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
