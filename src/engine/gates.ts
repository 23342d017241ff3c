import {
  type Decisions,
  type Doubt,
  type DraftData,
  amend,
  draftUnder,
  draftsOfParts,
  emptyDraft,
  openDoubts,
} from "../core/index.ts";
import type { Schema } from "../ports/index.ts";
import {
  type FlowNode,
  type MapNode,
  type RuntimeStep,
  type WorkflowDefinition,
  branchLabel,
  innerLabel,
} from "./definition.ts";
import { listOf } from "./map/list.ts";

/** Where a run may wait for a person: before these nodes the graph stops and the doubts are looked at. */
export interface Gate {
  readonly node: string;
  /** Every path a person may decide there. */
  readonly schema: Schema | null;
  /** What must be settled before the node may run. */
  doubts(draft: DraftData): readonly Doubt[];
}

/** What the nodes of a workflow, or of one of its maps, decide. */
type Scope = Pick<WorkflowDefinition, "nodes" | "schema">;

/** The nodes a run may have to wait at, with what must be settled there. */
export function gatesOf(definition: Scope): readonly Gate[] {
  const walk = (nodes: readonly FlowNode[], prefix: string): Gate[] =>
    nodes.flatMap((node): Gate[] => {
      if (node.type === "agent") return [];
      if (node.type === "map") return gatesOf(node).map((gate) => gateWithin(node.name, prefix, gate));
      if (node.type === "branch") {
        const doubts = (draft: DraftData) => doubtsOn(draft, node.path);
        const gate = { node: prefix + branchLabel(node.path), schema: definition.schema, doubts };
        return [
          gate,
          ...Object.entries(node.arms).flatMap(([value, arm]) => walk(arm, prefix + innerLabel(value, ""))),
        ];
      }
      const { name, kind, needs = [] } = node.step;
      const gate = { node: prefix + name, schema: definition.schema };
      if (kind === "review") return [{ ...gate, doubts: openDoubts }];
      const doubts = (draft: DraftData) => needs.flatMap((path) => doubtsOn(draft, path));
      return needs.length > 0 ? [{ ...gate, doubts }] : [];
    });
  return walk(definition.nodes, "");
}

/** A gate of a part: the paths of the part at work stand in the document's draft under its place. */
function gateWithin(name: string, prefix: string, { node, schema, doubts }: Gate): Gate {
  return {
    node: prefix + innerLabel(name, node),
    schema: schema && listOf(name).schemaOf(schema),
    doubts: (draft) =>
      [...draftsOfParts(name, draft)].flatMap(
        ([index, part]) => draftUnder(name, index, { ...emptyDraft, doubts: doubts(part) }).doubts,
      ),
  };
}

function doubtsOn(draft: DraftData, path: string): readonly Doubt[] {
  return openDoubts(draft).filter(
    (doubt) => doubt.paths.includes(path) && draft.decisions[path]?.status !== "accepted",
  );
}

/** A person's decisions in the draft, and every rule asked again. What `openDoubts` then says is what is left to settle. */
export function withAnswers(scope: Scope, draft: DraftData, answers: Decisions): DraftData {
  return recheck(scope, amend(draft, answers));
}

/** Every rule asked again, those of parts too where the parts are a list of the draft. */
export function recheck(scope: Scope | null, draft: DraftData): DraftData {
  const schema = scope?.schema;
  if (!scope || !schema) return draft;
  const checked = rulesOf(scope.nodes).reduce((some, rule) => rule(some, schema), draft);
  return mapsOf(scope.nodes).reduce(recheckParts, checked);
}

function recheckParts(draft: DraftData, map: MapNode): DraftData {
  if (rulesOf(map.nodes).length === 0) return draft;
  const parts = draftsOfParts(map.name, draft);
  const checked = [...parts].map(([index, part]) => draftUnder(map.name, index, recheck(map, part)));
  const owned = new Set(
    [...parts].flatMap(([index, part]) => draftUnder(map.name, index, part).doubts.map((doubt) => keyOf(doubt))),
  );
  return {
    ...draft,
    decisions: Object.assign({}, draft.decisions, ...checked.map(({ decisions }) => decisions)),
    doubts: [...draft.doubts.filter((doubt) => !owned.has(keyOf(doubt))), ...checked.flatMap((part) => part.doubts)],
  };
}

const keyOf = ({ code, step, paths, message }: Doubt) => JSON.stringify([code, step, paths, message]);

function rulesOf(nodes: readonly FlowNode[]): readonly NonNullable<RuntimeStep["recheck"]>[] {
  return nodes.flatMap((node) => {
    if (node.type === "branch") return Object.values(node.arms).flatMap(rulesOf);
    return node.type === "step" && node.step.recheck ? [node.step.recheck] : [];
  });
}

function mapsOf(nodes: readonly FlowNode[]): readonly MapNode[] {
  return nodes.flatMap((node) => {
    if (node.type === "branch") return Object.values(node.arms).flatMap(mapsOf);
    return node.type === "map" ? [node] : [];
  });
}
