import { z } from "zod";
import {
  type Decision,
  type Decisions,
  type Doubt,
  type DraftData,
  InvariantBroken,
  type Json,
  WeirError,
  amend,
  emptyDraft,
  raise,
} from "../../core/index.ts";
import { type Message, messageOf } from "../../candidates/index.ts";
import { type Choice, type ChoiceModel, choose, joined, textsOf, unpackChoice } from "../../learning/choices/index.ts";
import type { Drafted, Learned, Pages, Schema, Step, StepContext, StepEscalation } from "../../ports/index.ts";
import { type PackedChoices, learnPaths } from "./learn.ts";
import { type ChoicePath, choicePaths, valueOf } from "./paths.ts";
import { type Route, readRoutes } from "./routes.ts";
import { chooseUntaught } from "./zero-shot.ts";

export interface ClassifyOptions {
  /** A second classify in a workflow needs a name of its own. */
  readonly name?: string;
  /** Narrows or forbids the workflow's cloud for the fields of this step. */
  readonly escalate?: StepEscalation;
}

/**
 * Decides paths whose value is one of a set: enums, booleans, `label("SETTING")`. Taught, it says how
 * likely each answer is and accepts what its certificates cover; untaught, it gives its best guess
 * by what the values are called, and everything waits for a person.
 */
export function classify<S extends Schema, In extends Pages = Pages>(
  schema: S,
  options?: ClassifyOptions,
): Step<In, Drafted<In, S>>;
/** The same for one path. */
export function classify<P extends string, V extends z.ZodType, In extends Pages = Pages>(
  path: P,
  values: V,
  options?: ClassifyOptions,
): Step<In, Drafted<In, z.ZodObject<Record<P, V>>>>;
export function classify(
  what: Schema | string,
  second?: z.ZodType | ClassifyOptions,
  third?: ClassifyOptions,
): Step<Pages, Drafted<Pages, Schema>> {
  if (typeof what !== "string") return classifyStep(what, second instanceof z.ZodType ? {} : (second ?? {}));
  if (!(second instanceof z.ZodType)) throw new InvariantBroken(`classify("${what}") names no values.`);
  return classifyStep(z.object({ [what]: second }), third ?? {});
}

function classifyStep(schema: Schema, options: ClassifyOptions): Step<Pages, Drafted<Pages, Schema>> {
  const name = options.name ?? "classify";
  const paths = choicePaths(schema, name);
  return {
    name,
    kind: "extract",
    shape: { chooses: paths.map(({ path, setting }) => (setting === null ? path : `${path}:${setting}`)) },
    schema,
    ...(options.escalate === undefined ? {} : { escalate: options.escalate }),
    run: async (state, context) => {
      const text = await context.text(state);
      const message = messageOf(text);
      const learned = await context.learned(text);
      const decisions = await decide(paths, message, learned, context);
      const known: DraftData = "draft" in state ? (state as Pages & { draft: DraftData }).draft : emptyDraft;
      const optional = paths.filter(({ nullable }) => nullable).map(({ path }) => path);
      const draft = { ...amend(known, decisions), optional: [...known.optional, ...optional] };
      const doubts = [...wordless(message, paths, name), ...incomplete(state, paths, name)];
      // The stage exists for the compiler.
      return { ...state, stage: "draft", draft: doubts.reduce(raise, draft) } as unknown as Drafted<Pages, Schema>;
    },
    learn: async (examples, context) => await learnPaths(paths, examples, context),
  };
}

async function decide(
  paths: readonly ChoicePath[],
  message: Message,
  learned: Learned | null,
  context: StepContext,
): Promise<Decisions> {
  if (isWordless(message)) return Object.fromEntries(paths.map(({ path }) => [path, nothing]));
  const taught = learned ? modelsOf(learned.model) : null;
  const vector = taught && !context.without.has("encoder") ? await vectorOf(message, taught, context) : null;
  const decisions: Record<string, Decision> = {};
  for (const path of paths) {
    const model = taught?.paths.get(path.path);
    const routes = await routesFor(path, model, context);
    const taughtOf = routes?.filter(({ name }) => model?.choices.includes(name)) ?? null;
    if (model && learned && taughtOf?.length !== 0) {
      const among = taughtOf && new Set(taughtOf.map(({ name }) => name));
      const choice = choose(model, message, vector ?? new Float32Array(model.width), among);
      // What was promised says nothing about routes that were not there.
      const promised = taughtOf?.length === routes?.length ? learned : null;
      decisions[path.path] = decisionOf(path, choice, choice.confidence, promised);
    } else {
      const choice = await chooseUntaught(context.model, message, routes ?? [], context.signal);
      decisions[path.path] = decisionOf(path, choice, null, null);
    }
  }
  return decisions;
}

const nothing: Decision = {
  value: null,
  confidence: null,
  status: "review",
  by: "rule",
  source: [],
  alternatives: [],
  evidence: {},
};

/** The values to choose from; null where the learned model's own do. */
async function routesFor(
  path: ChoicePath,
  model: ChoiceModel | undefined,
  { settings, folder }: StepContext,
): Promise<readonly Route[] | null> {
  if (path.setting === null) return model ? null : (path.options ?? []).map((name) => ({ name, description: "" }));
  const file = settings[path.setting];
  if (file !== undefined) return await readRoutes(file, folder);
  if (model) return null;
  throw new WeirError("routes.missing", `Nothing says what ${path.path} can be: no --set ${path.setting}, no profile.`);
}

interface Taught {
  readonly views: PackedChoices["views"];
  readonly paths: ReadonlyMap<string, ChoiceModel>;
}

/** Unpacking takes longer than choosing; a profile's lesson is the same object from run to run. */
const unpacked = new WeakMap<object, Taught>();

function modelsOf(model: Json): Taught {
  if (typeof model !== "object" || model === null) throw new InvariantBroken("A lesson of classify is an object.");
  const known = unpacked.get(model);
  if (known) return known;
  const { views, paths } = model as unknown as PackedChoices;
  const taught = {
    views,
    paths: new Map(Object.entries(paths).map(([path, packed]) => [path, unpackChoice(packed as unknown as Json)])),
  };
  unpacked.set(model, taught);
  return taught;
}

async function vectorOf(message: Message, { views }: Taught, { model, signal }: StepContext): Promise<Float32Array> {
  return joined(await model.embed(textsOf(message, views), { signal }));
}

function decisionOf(
  path: ChoicePath,
  choice: Omit<Choice, "confidence">,
  confidence: number | null,
  learned: Learned | null,
): Decision {
  const accepted = confidence !== null && learned?.accepts(path.path, confidence) != null;
  return {
    value: valueOf(choice.value, path),
    confidence,
    status: accepted ? "accepted" : "review",
    by: "learned",
    source: [],
    alternatives: choice.ranked
      .filter(({ value }) => value !== choice.value)
      .map(({ value, chance }) => ({ value: valueOf(value, path), confidence: confidence === null ? null : chance })),
    evidence: choice.evidence,
    ...(choice.nearest.length > 0
      ? {
          similar: choice.nearest.map(({ id, value, similarity }) => ({
            example: id,
            value: valueOf(value, path),
            similarity,
          })),
        }
      : {}),
  };
}

function isWordless({ head, body }: Message): boolean {
  return !/[\p{L}\p{N}]/u.test(`${head}${body}`);
}

function wordless(message: Message, paths: readonly ChoicePath[], step: string): readonly Doubt[] {
  if (!isWordless(message)) return [];
  return [{ code: "message.empty", paths: paths.map(({ path }) => path), message: "the message holds no words", step }];
}

/** What stands on the pages left out may change what the message is about. */
function incomplete({ reading }: Pages, paths: readonly ChoicePath[], step: string): readonly Doubt[] {
  if (reading.complete) return [];
  const message = "the message was not read whole";
  return [{ code: "read.incomplete", paths: paths.map(({ path }) => path), message, step }];
}
