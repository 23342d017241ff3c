import { z } from "zod";
import { type Decision, type DraftData, InvariantBroken, type Json, amend, openDoubts } from "../../core/index.ts";
import type { Escalation, Schema } from "../../ports/index.ts";
import { fieldsOf, genericRanker, proposeFrom, surveyOf } from "../../ranking/index.ts";
import { type Source, checkParameters } from "../lookup/source.ts";
import { chooseArguments } from "./pointing.ts";
import { type Tool, type ToolCall, type Wish, nothing } from "./tool.ts";
import { answerOf, left } from "./toolbox.ts";
import type { AgentView } from "./view.ts";

/**
 * Asks a system of the user. Each candidate is asked about, best first, until the rules have what they need.
 * @param values what it is asked with: names are those of the source's parameters
 */
export function lookUp<Arguments extends Schema, Row extends Schema>(
  source: Source<Row>,
  values: Arguments,
  when: (view: AgentView) => Wish = () => "may",
): Tool<Arguments> {
  checkParameters(source, Object.keys(values.shape));
  return {
    name: `look up ${source.name}`,
    description: `look up the ${source.name}`,
    arguments: values,
    result: z.array(source.row),
    when,
    each: true,
    shape: { source: source.shape },
    run: async (given, { context }) => {
      const asked = Object.entries(given).map(([name, value]) => [name, String(value)] as const);
      return { value: await source.find(Object.fromEntries(asked), context) };
    },
  };
}

/**
 * Reads a doubted value again: the language model points at one of the other values of its kind on the
 * page. What it points at stays doubted until something confirms it.
 */
export function readAgain(path: string, when: (view: AgentView) => Wish = () => "may"): Tool<typeof nothing> {
  return {
    name: `read ${path} again`,
    description: `read the ${path} again`,
    arguments: nothing,
    result: z.json(),
    when: (view) => (view.decisions[path]?.status === "review" ? when(view) : "no"),
    shape: { path, when: String(when) },
    run: async (_, call) => await reread(path, call),
  };
}

async function reread(path: string, { context, state }: ToolCall) {
  const text = await context.text(state);
  const field = fieldsOf(context.schema ?? nothing).find((one) => one.path === path);
  const known = state.draft.decisions[path];
  if (!field || !known) throw new InvariantBroken(`No path "${path}" to read again.`);
  const [proposal] = proposeFrom(surveyOf(text), [field], { ranker: genericRanker });
  const others = (proposal?.ranked ?? [])
    .filter(({ value, spans }) => value !== null && value !== known.value && spans.length > 0)
    // Equal scores: the ranker had its say when it was read first.
    .map(({ value, spans }) => ({ value, spans, score: 0 }));
  if (others.length === 0) return { value: null };
  const asTool = { ...readAgain(path), arguments: z.object({ [path]: z.json().describe(field.description || path) }) };
  const { values, source, by } = await chooseArguments(asTool, new Map([[path, others]]), text, context);
  const value = values[path] ?? null;
  const alternatives = [{ value: known.value, confidence: null }, ...known.alternatives].slice(0, 5);
  const decision = { ...known, value, by, source, alternatives, confidence: null };
  return { value, draft: amend(state.draft, { [path]: decision }) };
}

/** Asks the cloud about what is doubted, under the policy given. Not offered where none is configured. */
export function askCloud(policy: Escalation, when: (view: AgentView) => Wish = () => "may"): Tool<typeof nothing> {
  return {
    name: "ask the cloud",
    description: "ask a larger model",
    arguments: nothing,
    result: z.array(z.string()),
    when,
    isReady: ({ cloud }) => cloud !== undefined,
    shape: { policy: policy.shape, when: String(when) },
    run: async (_, { context, state }) => {
      const before = openPaths(state.draft);
      const draft = await policy.settle(state.draft, state, context, () => null);
      const after = new Set(openPaths(draft));
      return { value: before.filter((path) => !after.has(path)), draft };
    },
  };
}

function openPaths(draft: DraftData): readonly string[] {
  return [...new Set(openDoubts(draft).flatMap(({ paths }) => paths))];
}

export interface PersonOptions {
  /** What the person reads. */
  readonly reason?: (view: AgentView) => string;
  readonly when?: (view: AgentView) => Wish;
  /** An answer the person may take as it is. */
  readonly suggest?: Compose;
}

/** Leaves the answer to a person, with the reason. The agent ends. */
export function askPerson(options: PersonOptions = {}): Tool<typeof nothing> {
  const { reason = () => "the agent asks a person", when = () => "may", suggest = () => null } = options;
  return {
    name: "ask a person",
    description: "ask a colleague",
    arguments: nothing,
    result: z.string(),
    when,
    ends: true,
    shape: { reason: String(reason), when: String(when), suggest: String(suggest) },
    run: async (_, { view, state, answerPaths, action }) => {
      const message = reason(view);
      const suggested = amend(state.draft, composed(suggest(view) ?? {}, "review"));
      const doubt = { code: "agent.person", paths: [], message, step: action.step };
      return { value: message, draft: left(suggested, answerPaths, doubt) };
    },
  };
}

function composed(values: Readonly<Record<string, Json>>, status: Decision["status"]): Record<string, Decision> {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, answerOf(value, status)]));
}

/** The values of an answer by path, in printed form; null while there is nothing to answer with. */
export type Compose = (view: AgentView) => Readonly<Record<string, Json>> | null;

/** Answers with what is known, and ends. Offered as soon as `compose` has an answer. */
export function finish(compose: Compose): Tool<typeof nothing> {
  return answering("finish", "answer the customer", compose);
}

/** Answers with a question to the customer, and ends. Offered as soon as `compose` has one. */
export function askCustomer(compose: Compose): Tool<typeof nothing> {
  return answering("ask the customer", "ask the customer for what is missing", compose);
}

/**
 * An answer that rules led to is accepted; where the language model chose on the way, a person looks at
 * it first.
 */
function answering(name: string, description: string, compose: Compose): Tool<typeof nothing> {
  return {
    name,
    description,
    arguments: nothing,
    result: z.record(z.string(), z.json()),
    when: (view) => (compose(view) === null ? "no" : "now"),
    ends: true,
    answers: true,
    shape: { compose: String(compose) },
    run: async (_, { view, state, action }) => {
      const values = compose(view) ?? {};
      const isSure = [action, ...view.actions].every(({ by }) => by !== "slm" && by !== "cloud");
      return { value: values, draft: amend(state.draft, composed(values, isSure ? "accepted" : "review")) };
    },
  };
}
