import { createHash } from "node:crypto";
import { z } from "zod";
import { type JsonObject, WeirError, defaultBackoff, canonicalJson, jsonSchema } from "../core/index.ts";
import { withEscalation } from "./escalation.ts";
import { partsMost } from "./map/shelves.ts";
import type {
  AgentLimits,
  Escalation,
  Merge,
  Migrate,
  Schema,
  Split,
  State,
  Step,
  StepKind,
  Toolbox,
} from "../ports/index.ts";

/** A step as the engine sees it: the order was checked by the compiler. */
export type RuntimeStep = Step<State, State>;

/** Tools as the engine sees them. */
export type RuntimeToolbox = Toolbox<Schema>;

export type FlowNode =
  | { readonly type: "step"; readonly step: RuntimeStep }
  | { readonly type: "agent"; readonly tools: RuntimeToolbox; readonly limits: AgentLimits }
  | { readonly type: "branch"; readonly path: string; readonly arms: Readonly<Record<string, readonly FlowNode[]>> }
  | MapNode;

/** Steps that are taken for every part of a document. */
export interface MapNode {
  readonly type: "map";
  /** Its label, and the list under which its parts stand. */
  readonly name: string;
  readonly split: Split;
  readonly nodes: readonly FlowNode[];
  /** Every path decided about a part. */
  readonly schema: Schema | null;
  readonly merge: Merge<Schema, Schema>;
  /** A document with more parts fails. */
  readonly partsMax: number;
}

export interface WorkflowOptions {
  /** Runs are pinned to it; count it up when the meaning of the output changes. From 1. */
  readonly version: number;
  /** Highest share of wrong decisions among those accepted by neither cloud nor person, 0..1. */
  readonly risk?: number;
  /** What is asked about doubted paths before a person is; default: nobody. */
  readonly escalate?: Escalation;
  /** Time limit of one step, milliseconds; default 5 minutes. */
  readonly stepTimeoutMs?: number;
  /** Time limit of a whole run, milliseconds of work, not of waiting; default an hour. */
  readonly runTimeoutMs?: number;
  /** How often a step is tried that fails for now, the first time counted; default 4. */
  readonly attemptsMax?: number;
  /** Versions before this one that stay here: a run that began with one of them goes on with it. */
  readonly earlier?: readonly { readonly definition: WorkflowDefinition }[];
  /** Takes over runs of versions that are not here any more. Without it they wait as `needs-migration`. */
  readonly migrate?: Migrate;
}

/** A checked workflow. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly version: number;
  /** "sha256:…" over everything that can change a result: steps, edges, schemas, rules, policy. */
  readonly hash: string;
  readonly risk: number;
  readonly escalate: Escalation | null;
  readonly stepTimeoutMs: number;
  readonly runTimeoutMs: number;
  readonly attemptsMax: number;
  readonly nodes: readonly FlowNode[];
  /** Every path the workflow decides; null when no step makes a draft. */
  readonly schema: Schema | null;
  readonly earlier: readonly WorkflowDefinition[];
  readonly migrate: Migrate | null;
}

/** More turns than that is no plan. */
const turnsMost = 100;
/** With pauses of five minutes, this is more than a week. */
const attemptsMost = 2_500;

/** @throws WeirError `workflow.invalid` naming what is wrong */
export function defineWorkflow(
  name: string,
  options: WorkflowOptions,
  written: readonly FlowNode[],
): WorkflowDefinition {
  const { escalate } = options;
  const nodes = escalate ? withEscalation(written, escalate) : written;
  const invalid = (message: string) => new WeirError("workflow.invalid", `Workflow "${name}": ${message}`);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) throw invalid("its name must be lower-case letters, digits and -.");
  if (!Number.isInteger(options.version) || options.version < 1)
    throw invalid("its version must be a whole number from 1.");
  if (nodes.length === 0) throw invalid("it has no steps.");
  const risk = options.risk ?? 0.02;
  if (!(risk > 0 && risk < 1)) throw invalid("risk is a share between 0 and 1, e.g. 0.02.");
  const attemptsMax = options.attemptsMax ?? defaultBackoff.attemptsMax;
  if (!Number.isInteger(attemptsMax) || attemptsMax < 1 || attemptsMax > attemptsMost)
    throw invalid(`attemptsMax must be a whole number from 1 to ${attemptsMost}.`);

  for (const node of flat(nodes)) {
    const { turnsMax = 1, step = "" } = node.type === "agent" ? node.limits : {};
    if (!Number.isInteger(turnsMax) || turnsMax < 1 || turnsMax > turnsMost)
      throw invalid(`turnsMax of ${step} must be a whole number from 1 to ${turnsMost}.`);
    if (node.type === "map") checkMap(node, invalid);
  }
  const seen = new Set<string>();
  for (const label of labels(nodes)) {
    if (!/^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u.test(label)) throw invalid(`"${label}" is no name for a step.`);
    if (seen.has(label)) throw invalid(`two steps are named "${label}". Give one another name.`);
    seen.add(label);
  }
  const before = (options.earlier ?? []).map(({ definition }) => definition);
  const earlier = before.concat(before.flatMap((one) => one.earlier));
  const stranger = earlier.find((one) => one.name !== name);
  if (stranger) throw invalid(`its earlier version is another workflow, "${stranger.name}".`);
  const schema = schemaOf(nodes);
  const shape: JsonObject = {
    name,
    version: options.version,
    risk,
    escalate: options.escalate?.shape ?? null,
    nodes: nodes.map(shapeOf),
  };
  return {
    name,
    version: options.version,
    hash: `sha256:${createHash("sha256").update(canonicalJson(shape)).digest("hex")}`,
    risk,
    escalate: options.escalate ?? null,
    stepTimeoutMs: options.stepTimeoutMs ?? 300_000,
    runTimeoutMs: options.runTimeoutMs ?? 3_600_000,
    attemptsMax,
    nodes,
    schema,
    earlier,
    migrate: options.migrate ?? null,
  };
}

function checkMap({ name, nodes, schema, partsMax }: MapNode, invalid: (message: string) => WeirError): void {
  if (!/^[A-Za-z]\w*$/.test(name))
    throw invalid(`the map "${name}" is a list of the output: a name of letters and digits.`);
  if (!schema) throw invalid(`the steps of "${name}" decide nothing about a part.`);
  if (!Number.isInteger(partsMax) || partsMax < 1 || partsMax > partsMost)
    throw invalid(`partsMax of ${name} must be a whole number from 1 to ${partsMost}.`);
  const inner = flat(nodes);
  if (inner.some(({ type }) => type === "map")) throw invalid(`a part of "${name}" cannot be split again.`);
  const whole = inner.find((node) => node.type === "step" && ["read", "review", "deliver"].includes(node.step.kind));
  if (whole?.type === "step")
    throw invalid(`"${whole.step.name}" is a step of the document, not of a part of "${name}".`);
}

/** Label of a branch's node: shown on the review page like any step. */
export const branchLabel = (path: string) => `by ${path}`;

/** Label of the node that makes an agent's calls; the agent's own name is that of its choices. */
export const callLabel = (step: string) => `${step} call`;

/** Label of the node that makes one draft of what was decided about the parts. */
export const mergeLabel = (map: string) => `${map} merge`;

/** Steps within an arm or a part may repeat names used elsewhere: their node is "arm.step" or "map.step". */
export const innerLabel = (outer: string, label: string) => `${outer}.${label}`;

/** Every node of the graph by its label, in the order written. */
export function stepNames(definition: WorkflowDefinition): readonly string[] {
  return labels(definition.nodes);
}

/** Nodes a run may go through at most: every one once, those of agents once a turn, those of maps once a part. */
export function nodesMax({ nodes }: Pick<WorkflowDefinition, "nodes">): number {
  return nodes.reduce((sum, node) => {
    if (node.type === "step") return sum + 1;
    if (node.type === "agent") return sum + 2 * (node.limits.turnsMax + 1);
    if (node.type === "map") return sum + (nodesMax(node) + 1) * node.partsMax + 2;
    return sum + 1 + Object.values(node.arms).reduce((most, arm) => Math.max(most, nodesMax({ nodes: arm })), 0);
  }, 0);
}

/** Every node, those within the arms of branches and the parts of maps included. */
function flat(nodes: readonly FlowNode[]): readonly FlowNode[] {
  return nodes.flatMap((node) => {
    if (node.type === "branch") return [node, ...Object.values(node.arms).flatMap((arm) => flat(arm))];
    return node.type === "map" ? [node, ...flat(node.nodes)] : [node];
  });
}

function labels(nodes: readonly FlowNode[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === "step") return [node.step.name];
    if (node.type === "agent") return [node.limits.step, callLabel(node.limits.step)];
    if (node.type === "map") {
      const { name } = node;
      return [name, ...labels(node.nodes).map((label) => innerLabel(name, label)), mergeLabel(name)];
    }
    const arms = Object.entries(node.arms);
    return [
      branchLabel(node.path),
      ...arms.flatMap(([value, arm]) => labels(arm).map((label) => innerLabel(value, label))),
    ];
  });
}

function shapeOf(node: FlowNode): JsonObject {
  if (node.type === "step") {
    const { name, kind, shape, schema, escalate } = node.step;
    return {
      name,
      kind,
      shape,
      schema: schema ? jsonSchema(schema) : null,
      ...(escalate === undefined ? {} : { escalate: escalate as JsonObject | false }),
    };
  }
  if (node.type === "agent") {
    return { agent: { ...node.limits }, tools: node.tools.shape, schema: jsonSchema(node.tools.schema) };
  }
  if (node.type === "map") {
    const { name, split, merge, partsMax } = node;
    return {
      map: name,
      split: typeof split === "function" ? { source: String(split) } : split.shape,
      part: node.nodes.map(shapeOf),
      merge: merge.shape,
      partsMax,
    };
  }
  return {
    branch: node.path,
    arms: Object.fromEntries(Object.entries(node.arms).map(([value, arm]) => [value, arm.map(shapeOf)])),
  };
}

/** Every path some nodes decide; null where they decide none. */
export function schemaOf(nodes: readonly FlowNode[]): Schema | null {
  const schemas = nodes.flatMap((node): readonly (Schema | null)[] => {
    if (node.type === "step") return [node.step.schema ?? null];
    if (node.type === "agent") return [node.tools.schema];
    if (node.type === "map") return [node.schema && node.merge.schemaOf(node.schema)];
    return Object.values(node.arms).map(schemaOf);
  });
  return schemas.reduce<Schema | null>(
    (all, one) => (all && one ? z.object({ ...all.shape, ...one.shape }) : (one ?? all)),
    null,
  );
}

/** What kinds of work a workflow does, branches included. */
export function stepKinds({ nodes }: Pick<WorkflowDefinition, "nodes">): readonly StepKind[] {
  return flat(nodes).flatMap((node): readonly StepKind[] => {
    if (node.type === "step") return [node.step.kind];
    return node.type === "agent" ? ["agent"] : [];
  });
}
