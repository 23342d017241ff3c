import type { Escalation, NarrowedEscalation, StepEscalation } from "../ports/index.ts";
import type { FlowNode, RuntimeStep } from "./definition.ts";

/**
 * A workflow's policy for doubted paths as steps of their own, one after every group of steps that
 * decide: what acts on a value later (a branch, a look-up, a delivery) never sees one that could have
 * been asked about. Rules that follow a step belong to its group: what they doubt is asked as well.
 */
export function withEscalation(nodes: readonly FlowNode[], policy: Escalation): readonly FlowNode[] {
  const narrowed = narrowedBy(stepsOf(nodes));
  const walk = (some: readonly FlowNode[]): readonly FlowNode[] =>
    some.flatMap((node, at): readonly FlowNode[] => {
      if (node.type === "branch") {
        const arms = Object.entries(node.arms).map(([value, arm]) => [value, walk(arm)] as const);
        return [{ ...node, arms: Object.fromEntries(arms) }];
      }
      const next = some[at + 1];
      const ruled = next?.type === "step" && next.step.kind === "validate";
      if (!decides(node) || ruled) return [node];
      return [node, { type: "step", step: escalationAfter(nameOf(node), policy, narrowed) }];
    });
  return walk(nodes);
}

function decides(node: FlowNode): boolean {
  return node.type === "step" && ["extract", "validate", "own"].includes(node.step.kind);
}

function nameOf(node: FlowNode): string {
  return node.type === "step" ? node.step.name : "";
}

function escalationAfter(name: string, policy: Escalation, narrowed: NarrowedEscalation): RuntimeStep {
  return {
    name: `escalate ${name}`,
    kind: "escalate",
    shape: {},
    run: async (state, context) =>
      "draft" in state && state.stage === "draft"
        ? { ...state, draft: await policy.settle(state.draft, state, context, narrowed) }
        : state,
  };
}

function stepsOf(nodes: readonly FlowNode[]): readonly RuntimeStep[] {
  return nodes.flatMap((node) => {
    if (node.type === "branch") return Object.values(node.arms).flatMap(stepsOf);
    return node.type === "step" ? [node.step] : [];
  });
}

/** The later step decides a path that two of them name. */
function narrowedBy(steps: readonly RuntimeStep[]): NarrowedEscalation {
  const said = new Map<string, StepEscalation>();
  for (const { schema, escalate } of steps) {
    if (escalate === undefined || !schema) continue;
    for (const key of Object.keys(schema.shape)) said.set(key, escalate);
  }
  return (path) => said.get(path.split(".")[0] ?? "") ?? null;
}
