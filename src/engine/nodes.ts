import { type Decisions, type Doubt, type DraftData, type Part, WeirError, amend, openDoubts } from "../core/index.ts";
import {
  type Draft,
  type Final,
  type Schema,
  type State,
  type StepContext,
  type StepHost,
  type StepKind,
  usualWorth,
} from "../ports/index.ts";
import { type RuntimeStep, type WorkflowDefinition, callLabel } from "./definition.ts";
import { recheck } from "./gates.ts";
import { type Position, type WeirState, shownAt } from "./state.ts";

/** @param run the step itself and the policy after it */
export type Around = (step: StepRun, state: State, run: (context: StepContext) => Promise<State>) => Promise<State>;

/** One run of a step. */
export interface StepRun {
  readonly name: string;
  readonly kind: StepKind | "map";
  /** Names what this run of it does outside; the same when a crash makes it run again. */
  readonly effect: string;
  /** The part of the document it works on; null: all of it. */
  readonly part: Part | null;
  /** Whether the run may go on from the same state where a person can do what the step could not. */
  readonly skippable: boolean;
  /** The document's draft as people see it when the step leaves this state. */
  readonly shown: (state: State) => DraftData | null;
}

/** What a workflow decides as far as its rules are concerned. */
type Rules = Pick<WorkflowDefinition, "nodes" | "schema">;

/** Our step as a node of a StateGraph over `WeirState`. */
export function asNode(step: RuntimeStep, definition: Rules | null, around: Around) {
  return async ({ work }: typeof WeirState.State): Promise<typeof WeirState.Update> => ({
    work: await around(
      stepRun(step, { work }, null),
      work,
      async (context) => await runStep(step, definition, work, context),
    ),
  });
}

/** How the engine is told of a step's run, wherever in the graph it stands. */
export function stepRun(step: RuntimeStep, position: Position, part: Part | null): StepRun {
  const { name, kind } = step;
  const place = part === null ? "" : `/${part.index}`;
  const effect = name + place + turnOf(step, position.work);
  return { name, kind, effect, part, skippable: true, shown: shownAt(position) };
}

/** Each turn of an agent has effects of its own. */
function turnOf({ kind, name }: RuntimeStep, work: State): string {
  if (kind !== "agent" || !("draft" in work)) return "";
  const turns = (work.draft.actions ?? []).filter(({ step }) => name === step || name === callLabel(step));
  return `/${turns.length}`;
}

/** Runs the step, and the rules anew where it may have changed what they read. */
export async function runStep(
  step: RuntimeStep,
  rules: Rules | null,
  state: State,
  context: StepContext,
): Promise<State> {
  const done = await step.run(withNeeded(step, state, context.answers), context);
  if (!("draft" in done)) return done;
  // Values may have changed: every rule is asked again.
  if (step.kind === "escalate") return { ...done, draft: recheck(rules, done.draft) };
  return step.kind === "review" ? settled({ ...done, draft: recheck(rules, done.draft) }) : done;
}

/** What a person decided before a step about the paths it acts on. */
function withNeeded({ needs = [] }: RuntimeStep, state: State, answers: Decisions): State {
  const decided = Object.entries(answers).filter(([path]) => needs.includes(path));
  if (decided.length === 0 || !("draft" in state)) return state;
  return { ...state, draft: amend(state.draft, Object.fromEntries(decided)) };
}

/** A graph without a checkpointer cannot stop before a review, so the review itself must. */
function settled<Done extends Draft<Schema> | Final<Schema>>(done: Done): Done {
  const [first, ...others]: readonly Doubt[] = done.stage === "final" ? openDoubts(done.draft) : [];
  if (!first) return done;
  const rest = others.length > 0 ? ` and ${others.length} more` : "";
  throw new WeirError("review.needed", `The draft is not final: ${first.message}${rest}.`);
}

/** What a step is given where no engine runs it. */
export function looseContext(
  definition: Pick<WorkflowDefinition, "name" | "version" | "schema">,
  host: StepHost,
  effect: string,
): StepContext {
  return {
    ...host,
    run: { id: "unrecorded", itemId: "unrecorded" },
    workflow: definition,
    schema: definition.schema,
    learned: async () => null,
    settings: {},
    worth: usualWorth,
    without: new Set(),
    folder: process.cwd(),
    effectKey: `unrecorded/${effect}`,
    lastTry: true,
    signal: new AbortController().signal,
    answers: {},
    part: null,
    text: async (state) => {
      const bytes = await host.blobs.get(state.reading.sha256);
      return JSON.parse(new TextDecoder().decode(bytes));
    },
    tell: () => {},
    count: () => {},
    countCloud: () => {},
  };
}
