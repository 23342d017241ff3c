import { z } from "zod";
import {
  type Action,
  type ActionOutcome,
  type Decision,
  type Doubt,
  type DraftData,
  InvariantBroken,
  type Json,
  type JsonObject,
  Postponed,
  type Reader,
  WeirError,
  actionsOf,
  amend,
  jsonSchema,
  pendingAction,
  raise,
  withAction,
  withOutcome,
} from "../../core/index.ts";
import type { AgentLimits, Draft, Schema, StepContext, Toolbox } from "../../ports/index.ts";
import { chooseByModel } from "./choice.ts";
import { type Offer, offersOf } from "./offers.ts";
import { chooseArguments } from "./pointing.ts";
import type { Tool } from "./tool.ts";

/**
 * The tools of an agent, in the order in which rules prefer them, and the paths its answer decides.
 * Rules choose where they are sure, the language model among what they leave open; a tool that its own
 * rule does not allow, or whose arguments are not there, is offered to neither.
 * @throws WeirError `workflow.invalid`
 */
export function tools<Answer extends Schema>(answer: Answer, ...offered: readonly Tool[]): Toolbox<Answer> {
  checkTools(offered, answer);
  return {
    shape: { tools: offered.map(shapeOf) },
    schema: answer,
    choose: async (state, context, limits) => {
      const draft = await chosen(offered, answer, state, context, limits);
      return { ...state, draft };
    },
    call: async (state, context, limits) => {
      const draft = await called(offered, answer, state, context, limits);
      return { ...state, draft };
    },
  };
}

function shapeOf({ name, description, arguments: values, result, when, shape }: Tool): JsonObject {
  return { name, description, arguments: jsonSchema(values), result: jsonSchema(result), when: String(when), shape };
}

function checkTools(offered: readonly Tool[], answer: Schema): void {
  const invalid = (message: string) => new WeirError("workflow.invalid", message);
  if (offered.length === 0) throw invalid("An agent needs a tool.");
  const names = offered.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`Two tools are named "${twice}".`);
  if (!offered.some(({ ends }) => ends === true)) throw invalid("No tool of the agent ends it: add askPerson().");
  const nested = ({ shape }: Schema) => Object.entries(shape).find(([, leaf]) => leaf instanceof z.ZodObject)?.[0];
  const part = nested(answer);
  if (part !== undefined) throw invalid(`"${part}" of the agent's answer must be a single value.`);
  for (const { name, arguments: values } of offered) {
    const argument = nested(values);
    if (argument !== undefined) throw invalid(`Tool "${name}": argument "${argument}" must be a single value.`);
  }
}

/** The draft with the next call pending; without one the agent has ended. */
async function chosen(
  all: readonly Tool[],
  answer: Schema,
  state: Draft<Schema>,
  context: StepContext,
  limits: AgentLimits,
): Promise<DraftData> {
  const { step, turnsMax, tokensMax } = limits;
  const { draft } = state;
  // The call ended the step itself: the engine has raised the doubt, nothing is left to choose.
  if (pendingAction(draft, step)) return withOutcome(draft, step, failed("step.failed", "The call was not finished."));
  const done = actionsOf(draft, step);
  if (hasEnded(all, done)) return draft;
  const leave = (code: string, message: string) => left(draft, pathsOf(answer), { code, message, step, paths: [] });
  if (done.length >= turnsMax) return leave("agent.turns", `${step} had no answer after ${turnsMax} turns`);
  const text = await context.text(state);
  const { offers } = offersOf(all, draft, { step, text, context });
  const [first, ...others] = offers;
  if (!first) return leave("agent.stuck", `${step} has nothing left that it could do`);
  const used = done.reduce((sum, { tokens }) => sum + tokens, 0);
  const byRule = offers.find(({ wish }) => wish === "now") ?? (others.length === 0 ? first : undefined);
  if (!byRule && context.without.has("slm")) return leave("agent.unsure", `${step} does not know what to do next`);
  if (!byRule && used >= tokensMax) {
    return leave("agent.budget", `${step} used ${used} of ${tokensMax} tokens and had no answer`);
  }
  const { offer, by, tokens } = byRule
    ? { offer: byRule, by: "rule" as const, tokens: 0 }
    : await modelled([first, ...others], text, done, context);
  const values = await chooseArguments(offer.tool, offer.left, text, context);
  const action: Action = {
    step,
    turn: done.length + 1,
    tool: offer.tool.name,
    arguments: values.values,
    source: values.source,
    by: byOf(by, values.by, offer.left.size),
    tokens: tokens + values.tokens,
    outcome: null,
  };
  const { source: _places, outcome: _none, step: _step, ...told } = action;
  context.tell("agent.chose", told);
  return withAction(draft, action);
}

function hasEnded(all: readonly Tool[], done: readonly Action[]): boolean {
  const last = done.at(-1);
  return last?.outcome?.status === "done" && all.find(({ name }) => name === last.tool)?.ends === true;
}

async function modelled(
  offers: readonly [Offer, ...Offer[]],
  text: Parameters<typeof chooseByModel>[1],
  done: readonly Action[],
  context: StepContext,
) {
  const [first, ...others] = offers;
  const asked = [first.tool, ...others.map(({ tool }) => tool)] as const;
  const { tool, tokens } = await chooseByModel(asked, text, done, context);
  return { offer: offers.find((one) => one.tool === tool) ?? first, by: "slm" as const, tokens };
}

/** The weaker of the two readers: a rule's choice of tool says nothing about where it points. */
function byOf(tool: Reader, values: Reader, count: number): Reader {
  if (count === 0) return tool;
  return tool === "slm" || values === "slm" ? "slm" : values;
}

async function called(
  all: readonly Tool[],
  answer: Schema,
  state: Draft<Schema>,
  context: StepContext,
  { step }: AgentLimits,
): Promise<DraftData> {
  const action = pendingAction(state.draft, step);
  if (!action) throw new InvariantBroken(`No call of ${step} is pending.`);
  const { outcome, draft } = await outcomeOf(all, action, answer, state, context);
  const { tool, turn } = action;
  context.tell("agent.called", { turn, tool, ...outcome });
  return withOutcome(draft, step, outcome);
}

/** A failed call is an outcome; only what passes is tried again by the engine first. */
async function outcomeOf(
  all: readonly Tool[],
  action: Action,
  answer: Schema,
  state: Draft<Schema>,
  context: StepContext,
): Promise<{ readonly outcome: ActionOutcome; readonly draft: DraftData }> {
  const used = all.find(({ name }) => name === action.tool);
  if (!used) throw new InvariantBroken(`${action.step} has no tool "${action.tool}".`);
  try {
    const values = used.arguments.parse(action.arguments);
    const { view } = offersOf(all, state.draft, { step: action.step, text: await context.text(state), context });
    const { effectKey } = context;
    const result = await inTime(
      used,
      context,
      async (signal) =>
        await used.run(values, { effectKey, signal, view, state, context, action, answerPaths: pathsOf(answer) }),
    );
    const wrong = problemWith(used, result.value, answer);
    if (wrong !== null) return refused(state, failed("tool.bad-answer", wrong));
    return { outcome: { status: "done", value: result.value }, draft: result.draft ?? state.draft };
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof Postponed || error instanceof InvariantBroken) throw error;
    const ours = error instanceof WeirError ? error : null;
    if (ours?.next === "retry" && !context.lastTry) throw ours;
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof ToolTimeout ? "tool.timeout" : "tool.failed";
    return refused(state, failed(ours?.code ?? code, message));
  }
}

const pathsOf = (answer: Schema): readonly string[] => Object.keys(answer.shape);

/** What came back is kept in the run: more than that is not. */
const valueCharsMax = 200_000;

function problemWith({ result, answers }: Tool, value: Json, answer: Schema): string | null {
  const checked = answers === true ? answer.strict().safeParse(value) : result.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return `${issue?.path.join(".") || "it"}: ${issue?.message}`;
  }
  const length = JSON.stringify(value ?? null).length;
  return length > valueCharsMax ? `it has ${length} characters, more than ${valueCharsMax}` : null;
}

/** A call that does not end is left to itself, and what it comes to thrown away. */
async function inTime<T>(
  { timeoutMs, name }: Tool,
  { signal, clock }: StepContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (timeoutMs === undefined) return await work(signal);
  const over = new AbortController();
  const late = new AbortController();
  const limit = clock.sleep(timeoutMs, AbortSignal.any([signal, over.signal])).then(() => {
    const error = new ToolTimeout(`${name} took longer than ${timeoutMs} ms.`);
    late.abort(error);
    throw error;
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, late.signal])), limit]);
  } finally {
    over.abort();
    limit.catch(() => {});
  }
}

class ToolTimeout extends Error {}

function refused(state: Draft<Schema>, outcome: ActionOutcome) {
  return { outcome, draft: state.draft };
}

function failed(code: string, message: string): ActionOutcome {
  return { status: "failed", code, message: message.slice(0, 300) };
}

/** Leaves the answer to a person. */
export function left(draft: DraftData, answerPaths: readonly string[], doubt: Doubt): DraftData {
  const missing = answerPaths.filter((path) => !(path in draft.decisions));
  const open = amend(draft, Object.fromEntries(missing.map((path) => [path, answerOf(null, "review")])));
  return raise(open, { ...doubt, paths: answerPaths });
}

/** A part of the answer: it is composed, so it stands nowhere on the page. */
export function answerOf(value: Json, status: Decision["status"]): Decision {
  return { value, confidence: null, status, by: "rule", source: [], alternatives: [], evidence: {} };
}
