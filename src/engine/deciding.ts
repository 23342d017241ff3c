import { createHash } from "node:crypto";
import { type JsonObject, canonicalJson, jsonSchema } from "../core/index.ts";
import { type FlowNode, type RuntimeStep, type WorkflowDefinition, innerLabel } from "./definition.ts";

export interface LabelledStep {
  /** The label its node has in the graph. */
  readonly label: string;
  readonly step: RuntimeStep;
}

/** Every step the author wrote, those in arms of branches too, in the order written. */
export function labelledSteps({ nodes }: Pick<WorkflowDefinition, "nodes">): readonly LabelledStep[] {
  const walk = (some: readonly FlowNode[], prefix: string): readonly LabelledStep[] =>
    some.flatMap((node) => {
      if ("step" in node) return [{ label: prefix + node.step.name, step: node.step }];
      if (!("arms" in node)) return [];
      return Object.entries(node.arms).flatMap(([value, arm]) => walk(arm, prefix + innerLabel(value, "")));
    });
  return walk(nodes, "");
}

/**
 * "sha256:…" over what is decided and by which steps: what a profile is learned for. Rules, reviews
 * and deliveries may change without a new lesson.
 */
export function decidingHash(definition: Pick<WorkflowDefinition, "name" | "nodes">): string {
  const steps = labelledSteps(definition).flatMap(({ label, step: { kind, shape, schema } }): JsonObject[] =>
    schema ? [{ label, kind, shape, schema: jsonSchema(schema) }] : [],
  );
  const shape = { name: definition.name, steps };
  return `sha256:${createHash("sha256").update(canonicalJson(shape)).digest("hex")}`;
}

/** Labels that are whole texts, and the path each is compared with. */
export function textsOf(definition: Pick<WorkflowDefinition, "nodes">): ReadonlyMap<string, string> {
  return new Map(labelledSteps(definition).flatMap(({ step }) => Object.entries(step.texts ?? {})));
}
