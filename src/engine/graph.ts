import { END, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { InvariantBroken, WeirError, amend, pendingAction } from "../core/index.ts";
import type { Draft, Schema, State, StepHost } from "../ports/index.ts";
import {
  type FlowNode,
  type MapNode,
  type RuntimeStep,
  type WorkflowDefinition,
  branchLabel,
  callLabel,
  innerLabel,
  mergeLabel,
} from "./definition.ts";
import { gatesOf } from "./gates.ts";
import { contextWithin, mergeParts, nextPart } from "./map/map.ts";
import { type Around, asNode, looseContext, runStep, stepRun } from "./nodes.ts";
import { MapState, type Position, WeirState, draftOf, partOf } from "./state.ts";

export interface GraphOptions {
  readonly checkpointer?: BaseCheckpointSaver;
  /** Runs every step, in the engine's case with a record, a time limit and a durable run behind it. */
  readonly around?: Around;
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

/** LangGraph's builder with node names that are only known at run time. */
interface LooseGraph {
  addNode(name: string, run: (position: Position) => unknown): void;
  addEdge(from: string, to: string): void;
  addConditionalEdges(
    from: string,
    choose: (position: Position) => string,
    targets: Readonly<Record<string, string>>,
  ): void;
}

/** What leads to the next node: the node before it, or one value of a branch. */
type Exit = (to: string) => void;

/** Where nodes stand: in the workflow itself, or in a part of one of its maps. */
interface Scope extends Pick<WorkflowDefinition, "nodes" | "schema"> {
  readonly prefix: string;
  readonly isPart: boolean;
}

class GraphBuilder {
  readonly #graph: StateGraph<typeof WeirState.spec>;
  readonly #loose: LooseGraph;
  readonly #forks: {
    readonly from: string;
    readonly choose: (position: Position, targets: Readonly<Record<string, string>>) => string;
    readonly targets: Record<string, string>;
  }[] = [];
  readonly #definition: WorkflowDefinition;
  readonly #around: Around;

  constructor(definition: WorkflowDefinition, around: Around) {
    this.#definition = definition;
    // Further channels are the engine's own. LangGraph looks at each of them after every step.
    const channels = hasMap(definition.nodes) ? MapState : WeirState;
    this.#graph = new StateGraph(channels) as unknown as StateGraph<typeof WeirState.spec>;
    this.#loose = this.#graph as unknown as LooseGraph;
    this.#around = around;
  }

  build() {
    const { nodes, schema } = this.#definition;
    const begin: Exit = (to) => this.#loose.addEdge(START, to);
    const exits = this.#addNodes(nodes, [begin], { nodes, schema, prefix: "", isPart: false });
    for (const exit of exits) exit(END);
    // Only now: an arm without steps learns where it leads from what follows the branch.
    for (const { from, choose, targets } of this.#forks) {
      this.#loose.addConditionalEdges(from, (position) => choose(position, targets), targets);
    }
    return this.#graph;
  }

  #addNodes(nodes: readonly FlowNode[], entries: readonly Exit[], scope: Scope): readonly Exit[] {
    let exits = entries;
    for (const node of nodes) {
      const name = scope.prefix + nameOf(node);
      if (node.type === "map") this.#addMapNode(name, node, nextPart);
      else this.#addStep(stepOf(node, name), scope);
      for (const exit of exits) exit(name);
      exits = this.#exitsOf(node, name, scope);
    }
    return exits;
  }

  #exitsOf(node: FlowNode, name: string, scope: Scope): readonly Exit[] {
    if (node.type === "step") return [this.#edgeFrom(name)];
    if (node.type === "agent") return this.#addCalls(node, name, scope);
    return node.type === "map" ? this.#addParts(node, name) : this.#addArms(node, name, scope);
  }

  #edgeFrom(name: string): Exit {
    return (to) => this.#loose.addEdge(name, to);
  }

  #addStep(step: RuntimeStep, scope: Scope): void {
    if (!scope.isPart) this.#loose.addNode(step.name, asNode(step, scope, this.#around));
    else {
      this.#loose.addNode(step.name, async (position) => {
        const { work } = position;
        return {
          work: await this.#around(stepRun(step, position, partOf(position)), work, async (context) => {
            const within = contextWithin(position, scope.schema, context);
            return await runStep(step, scope, work, within);
          }),
        };
      });
    }
  }

  /** The nodes of a map itself move between the document and its parts. */
  #addMapNode(name: string, node: MapNode, move: typeof nextPart): void {
    this.#loose.addNode(name, async (position) => {
      let moved: Partial<Position> = {};
      const run = { name, kind: "map" as const, effect: name, part: null, skippable: false, shown: draftOf };
      const work = await this.#around(run, position.work, async (context) => {
        moved = await move(node, position, context);
        return moved.work ?? position.work;
      });
      return { ...moved, work };
    });
  }

  /** Part after part goes through the steps, until none is left to be merged. */
  #addParts(node: MapNode, from: string): readonly Exit[] {
    const { nodes, schema } = node;
    const merge = mergeLabel(from);
    const targets: Record<string, string> = { merge };
    const enter: Exit = (to) => void (targets["part"] = to);
    const scope = { nodes, schema, prefix: innerLabel(from, ""), isPart: true };
    for (const exit of this.#addNodes(nodes, [enter], scope)) exit(from);
    this.#addMapNode(merge, node, mergeParts);
    this.#forks.push({ from, choose: (position) => (partOf(position) ? "part" : "merge"), targets });
    return [this.#edgeFrom(merge)];
  }

  /** Choices and calls take turns until a choice leaves no call pending. */
  #addCalls(node: FlowNode & { type: "agent" }, from: string, scope: Scope): readonly Exit[] {
    const call = callLabel(from);
    const { tools } = node;
    const limits = { ...node.limits, step: from };
    this.#addStep(
      {
        ...agentNode,
        name: call,
        run: async (state, context) => await tools.call(asDraft(state), context, limits),
      },
      scope,
    );
    this.#loose.addEdge(call, from);
    const targets: Record<string, string> = { call };
    const isPending = (work: State) => "draft" in work && pendingAction(work.draft, limits.step) !== null;
    this.#forks.push({ from, choose: ({ work }) => (isPending(work) ? "call" : "done"), targets });
    return [(to) => void (targets["done"] = to)];
  }

  #addArms(node: FlowNode & { type: "branch" }, from: string, scope: Scope): readonly Exit[] {
    const targets: Record<string, string> = {};
    this.#forks.push({ from, choose: ({ work }, known) => armOf(work, node.path, known), targets });
    return Object.entries(node.arms).flatMap(([value, arm]) => {
      const enter: Exit = (to) => {
        targets[value] = to;
      };
      return this.#addNodes(arm, [enter], { ...scope, prefix: scope.prefix + innerLabel(value, "") });
    });
  }
}

const agentNode = { kind: "agent", shape: {} } as const;

function hasMap(nodes: readonly FlowNode[]): boolean {
  return nodes.some((node) => (node.type === "branch" ? Object.values(node.arms).some(hasMap) : node.type === "map"));
}

function nameOf(node: FlowNode): string {
  if (node.type === "branch") return branchLabel(node.path);
  if (node.type === "map") return node.name;
  return node.type === "agent" ? node.limits.step : node.step.name;
}

function stepOf(node: Exclude<FlowNode, { type: "map" }>, name: string): RuntimeStep {
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
