import { type Decisions, type Profile, WeirError } from "../core/index.ts";
import type { FlowNode, RuntimeStep, WorkflowDefinition } from "../engine/definition.ts";
import { innerLabel } from "../engine/definition.ts";
import { looseContext } from "../engine/nodes.ts";
import { learnedFrom } from "../engine/learned.ts";
import { type State, type StepContext, type StepHost, usualWorth } from "../ports/index.ts";
import type { ReadDocument } from "./reading.ts";

export interface AnswerOptions {
  /** Null: with what the workflow ships with. */
  readonly profile: Profile | null;
  readonly settings: Readonly<Record<string, string>>;
  readonly without: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * What the workflow's deciding steps and rules say about a document that was read, without a run:
 * nobody is asked, nothing is delivered, nothing leaves the machine.
 */
export async function answersTo(
  definition: WorkflowDefinition,
  host: StepHost,
  { state, text }: ReadDocument,
  { profile, settings, without, signal }: AnswerOptions,
): Promise<Decisions> {
  const contextOf = (label: string): StepContext => ({
    ...looseContext(definition, host, label),
    settings,
    worth: definition.escalate?.worth ?? usualWorth,
    without,
    signal,
    text: async () => text,
    learned: async (some) => (profile ? learnedFrom(profile, [], label, some) : null),
  });
  const end = await walk(definition.nodes, "", state, contextOf);
  return "draft" in end ? end.draft.decisions : {};
}

async function walk(
  nodes: readonly FlowNode[],
  prefix: string,
  begin: State,
  contextOf: (label: string) => StepContext,
): Promise<State> {
  let state = begin;
  for (const node of nodes) {
    if ("step" in node) {
      const label = prefix + node.step.name;
      if (isAnswering(node.step)) state = await node.step.run(state, contextOf(label));
    } else if ("arms" in node) {
      const value = "draft" in state ? String(state.draft.decisions[node.path]?.value) : "";
      const arm = node.arms[value];
      if (!arm) throw new WeirError("workflow.invalid", `No arm of the branch on "${node.path}" takes "${value}".`);
      state = await walk(arm, prefix + innerLabel(value, ""), state, contextOf);
    }
  }
  return state;
}

const isAnswering = ({ kind, learn }: RuntimeStep) => kind === "extract" || kind === "validate" || learn !== undefined;
