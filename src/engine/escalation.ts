import type { Escalation, NarrowedEscalation } from "../ports/index.ts";
import type { FlowNode, MapNode, RuntimeStep } from "./definition.ts";

/**
 * A workflow's policy for doubted paths as steps of their own, one after every group of steps that
 * decide: what acts on a value later (a branch, a look-up, a delivery) never sees one that could have
 * been asked about. Rules that follow a step belong to its group: what they doubt is asked as well.
 */
export function withEscalation(nodes: readonly FlowNode[], policy: Escalation): readonly FlowNode[] {
  const narrowed = narrowedBy(nodes);
  const walk = (some: readonly FlowNode[]): readonly FlowNode[] =>
    some.flatMap((node, at): readonly FlowNode[] => {
      if (node.type === "branch") {
        const arms = Object.entries(node.arms).map(([value, arm]) => [value, walk(arm)] as const);
        return [{ ...node, arms: Object.fromEntries(arms) }];
      }
      const whole = node.type === "map" ? { ...node, nodes: withEscalation(node.nodes, policy) } : node;
      const next = some[at + 1];
      const ruled = next?.type === "step" && next.step.kind === "validate";
      if (!decides(node) || ruled) return [whole];
      return [whole, { type: "step", step: escalationAfter(nameOf(node), policy, narrowed) }];
    });
  return walk(nodes);
}

/** What a map only gathers was asked about in its parts. */
function decides(node: FlowNode): boolean {
  if (node.type === "map") return node.merge.decides;
  return node.type === "step" && ["extract", "validate", "own"].includes(node.step.kind);
}

function nameOf(node: FlowNode): string {
  if (node.type === "map") return node.name;
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

/** The later step decides a path that two of them name. */
function narrowedBy(nodes: readonly FlowNode[]): NarrowedEscalation {
  const said = new Map<string, NarrowedEscalation>();
  const walk = (some: readonly FlowNode[]): void => {
    for (const node of some) {
      if (node.type === "branch") Object.values(node.arms).forEach(walk);
      else if (node.type === "map") for (const [key, one] of narrowedByParts(node)) said.set(key, one);
      else if (node.type === "step" && node.step.escalate !== undefined && node.step.schema) {
        const { escalate } = node.step;
        for (const key of Object.keys(node.step.schema.shape)) said.set(key, () => escalate);
      }
    }
  };
  walk(nodes);
  return (path) => said.get(keyOf(path))?.(path) ?? null;
}

const keyOf = (path: string) => path.split(".")[0] ?? "";

/** What the steps of parts say goes for their paths in the document's draft too. */
function narrowedByParts({ name, nodes, schema, merge }: MapNode): readonly (readonly [string, NarrowedEscalation])[] {
  const inner = narrowedBy(nodes);
  if (merge.decides || !schema) return [];
  const listed: NarrowedEscalation = (path) => {
    const said = inner(path.replace(/^[^.]*\.\d+\./, ""));
    return said === null || said === false || !said.paths
      ? said
      : { ...said, paths: said.paths.map((one) => `${name}.*.${one}`) };
  };
  return Object.keys(merge.schemaOf(schema).shape).map((key) => [key, key in schema.shape ? inner : listed]);
}
