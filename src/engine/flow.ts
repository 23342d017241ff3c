import type {
  AgentLimits,
  Concatenation,
  Draft,
  Drafted,
  EnumAt,
  EnumPathOf,
  Final,
  Listed,
  Merge,
  Merged,
  Pages,
  Schema,
  Split,
  Start,
  State,
  Step,
  StepContext,
  StepHost,
  Toolbox,
} from "../ports/index.ts";
import {
  type FlowNode,
  type RuntimeToolbox,
  type WorkflowDefinition,
  type WorkflowOptions,
  defineWorkflow,
  schemaOf,
} from "./definition.ts";
import { type GraphOptions, type WeirGraph, compileGraph } from "./graph.ts";
import { listOf } from "./map/list.ts";

/** A workflow under construction. Its type says what stage the document is in, so that a step out of order does not compile. */
export interface Flow<Now> {
  /** Adds a step. */
  step<Next extends State>(step: Step<Now, Next>): Flow<Next>;
  /** Adds one's own step: a function from state to state. Effects outside must be idempotent under `context.effectKey`. */
  step<Next extends State>(name: string, run: (state: Now, context: StepContext) => Next | Promise<Next>): Flow<Next>;
  /**
   * Goes on by the value of an enum path, one arm a value. A doubted value is reviewed first.
   * Every arm must end in the same stage.
   */
  branch<
    S extends Schema,
    P extends EnumPathOf<S>,
    Arms extends { readonly [Value in EnumAt<S, P>]: (flow: Flow<Now>) => { readonly definition: WorkflowDefinition } },
  >(
    this: Flow<Draft<S>>,
    path: P,
    arms: Arms,
  ): Flow<EndOf<Arms>>;
  /**
   * An agent: turn by turn it chooses one of the tools, points at its arguments on the page and calls it,
   * until it has an answer or leaves it to a person. Every turn is a checkpoint of its own, and it always ends.
   */
  agent<S extends Schema, Added extends Schema>(
    this: Flow<Draft<S>>,
    tools: Toolbox<Added>,
    options?: AgentOptions,
  ): Flow<Draft<Merged<S, Added>>>;
  /**
   * The same steps for every part of the document, one part after another. `split` names the parts by
   * their lines; each part begins anew, sees its own lines only and ends as a draft of its own. These are
   * a list of the document's draft, `NAME.0.…`, or whatever `merge` makes of them.
   */
  map<const Name extends string, Of extends Schema>(
    this: Mappable<Now>,
    name: Name,
    split: Split,
    part: (part: Flow<Pages>) => Flow<Draft<Of>>,
    merge?: undefined,
    options?: MapOptions,
  ): Flow<Drafted<Now, Listed<Name, Of>>>;
  map<Of extends Schema>(
    this: Mappable<Now>,
    name: string,
    split: Split,
    part: (part: Flow<Pages>) => Flow<Draft<Of>>,
    merge: Concatenation,
    options?: MapOptions,
  ): Flow<Drafted<Now, Of>>;
  map<Of extends Schema, Added extends Schema>(
    this: Mappable<Now>,
    name: string,
    split: Split,
    part: (part: Flow<Pages>) => Flow<Draft<Of>>,
    merge: Merge<Of, Added>,
    options?: MapOptions,
  ): Flow<Drafted<Now, Added>>;
  /** Name, version, steps and structural hash. @throws WeirError `workflow.invalid` */
  readonly definition: WorkflowDefinition;
  /** The compiled LangGraph graph, to run or embed it elsewhere. */
  toLangGraph(host: StepHost, options?: GraphOptions): WeirGraph;
}

export interface AgentOptions {
  /** A second agent in a workflow needs a name of its own; default "agent". */
  readonly name?: string;
  /** Calls at most; default 6. What is not answered then is left to a person. */
  readonly turnsMax?: number;
  /** Tokens of the language model its choices may take; default 20 000. Beyond them only rules choose. */
  readonly tokensMax?: number;
}

export interface MapOptions {
  /** A document with more parts fails; default 500, at most 1023. */
  readonly partsMax?: number;
}

/** What falls into parts: a document that was read and is not final. */
type Mappable<Now> = Now extends Final<Schema> ? never : Now extends Pages ? Flow<Now> : never;

function limitsOf({ name = "agent", turnsMax = 6, tokensMax = 20_000 }: AgentOptions): AgentLimits {
  return { step: name, turnsMax, tokensMax };
}

/** The stage the arms of a branch end in. */
type EndOf<Arms> = {
  [Value in keyof Arms]: Arms[Value] extends (flow: never) => Flow<infer Next> ? Next : never;
}[keyof Arms];

/** Begins a workflow. @param name letters, digits, `-`; it names folders and URLs */
export function workflow(name: string, options: WorkflowOptions): Flow<Start> {
  return flowOf<Start>(name, options, []);
}

function flowOf<Now>(name: string, options: WorkflowOptions, nodes: readonly FlowNode[]): Flow<Now> {
  let definition: WorkflowDefinition | undefined;
  const flow = {
    nodes,
    step: (first: string | AnyStep, run?: AnyRun) =>
      flowOf(name, options, [
        ...nodes,
        { type: "step", step: typeof first === "string" ? ownStep(first, run) : first },
      ]),
    branch: (path: string, arms: Readonly<Record<string, (flow: unknown) => { nodes: readonly FlowNode[] }>>) => {
      const built = Object.entries(arms).map(([value, arm]) => [value, arm(flowOf(name, options, [])).nodes] as const);
      return flowOf(name, options, [...nodes, { type: "branch", path, arms: Object.fromEntries(built) }]);
    },
    agent: (tools: RuntimeToolbox, agentOptions: AgentOptions = {}) =>
      flowOf(name, options, [...nodes, { type: "agent", tools, limits: limitsOf(agentOptions) }]),
    map: (
      map: string,
      split: Split,
      part: (flow: unknown) => { nodes: readonly FlowNode[] },
      merge: Merge<Schema, Schema> = listOf(map),
      { partsMax = 500 }: MapOptions = {},
    ) => {
      const { nodes: steps } = part(flowOf(name, options, []));
      const schema = schemaOf(steps);
      return flowOf(name, options, [
        ...nodes,
        { type: "map", name: map, split, nodes: steps, schema, merge, partsMax },
      ]);
    },
    get definition() {
      definition ??= defineWorkflow(name, options, nodes);
      return definition;
    },
    toLangGraph: (host: StepHost, graphOptions?: GraphOptions) => compileGraph(flow.definition, host, graphOptions),
  };
  // The builder is typed by its interface only: stages exist for the compiler, not at run time.
  return flow as unknown as Flow<Now>;
}

type AnyStep = FlowNode & { type: "step" } extends { step: infer S } ? S : never;
type AnyRun = (state: never, context: StepContext) => unknown;

function ownStep(name: string, run: AnyRun | undefined): AnyStep {
  return {
    name,
    kind: "own",
    shape: { source: String(run) },
    run: async (state, context) => (await run?.(state as never, context)) as State,
  };
}
