import { createHash } from "node:crypto";
import { type Decisions, type ExampleProblem, type Profile, WeirError, canonicalJson } from "../core/index.ts";
import { decidingHash, textsOf } from "../engine/deciding.ts";
import type { WorkflowDefinition } from "../engine/definition.ts";
import {
  type LearnContext,
  type ModelInfo,
  type ProfileExample,
  type Profiles,
  type StepHost,
  profileRef,
} from "../ports/index.ts";
import { answersTo } from "./answers.ts";
import { type Comparison, compare } from "./compare.ts";
import { checkLabels, gatherLabels, problemText } from "./labels.ts";
import { type Dial, type Taught, teachSteps, unique } from "./lessons.ts";
import { type BytesBySha, type ReadExample, readExamples } from "./reading.ts";

export interface TeachRequest extends Dial {
  readonly definition: WorkflowDefinition;
  /** Name of the profile, without a version. */
  readonly name: string;
  /** New labels, in order. */
  readonly given: readonly ProfileExample[];
  /** What is wrong with labels that are not among them. */
  readonly problems: readonly ExampleProblem[];
  /** Bytes of documents that are not stored yet. */
  readonly bytes: BytesBySha;
  /** Share of accepted decisions that a person is asked about all the same, 0..1. */
  readonly audit: number;
  /** Learns from `given` alone instead of adding it to what the profile was learned from. */
  readonly only: boolean;
  /** Replaces the profile in use whatever the comparison says. */
  readonly force: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What is being done, and how far it is, 0..1. */
  readonly progress: (doing: string, share: number) => void;
}

/** Why a profile was taken into use, or was not. */
export const verdicts = [
  "first",
  "other-fields",
  "better",
  "as-good",
  "relabelled",
  "renewed",
  "forced",
  "unchanged",
  "worse",
  "fewer",
] as const;
export type Verdict = (typeof verdicts)[number];

const keeping: ReadonlySet<Verdict> = new Set<Verdict>(["unchanged", "worse", "fewer"]);

export interface TeachReport {
  readonly name: string;
  /** What is in use now. */
  readonly profile: string;
  /** What was in use before; null: nothing. */
  readonly before: string | null;
  readonly verdict: Verdict;
  readonly replaced: boolean;
  /** On labels neither had seen; null where there are none to compare on. */
  readonly comparison: Comparison | null;
  readonly dial: Dial;
  /** Documents learned from. */
  readonly examples: number;
  readonly taught: Taught;
  readonly problems: readonly ExampleProblem[];
}

export interface TeacherOptions {
  readonly host: StepHost;
  readonly profiles: Profiles;
  readonly engineBuild: string;
}

/**
 * Learns a profile from labelled documents and takes it into use if it is better than the one in use.
 * @throws WeirError `teach.nothing` where no label can be learned from, `profile.damaged`
 */
export async function teach(request: TeachRequest, options: TeacherOptions): Promise<TeachReport> {
  const { definition, name, progress } = request;
  const inUse = await profileInUse(definition.name, name, options.profiles);
  const labels = gatherLabels(inUse && !request.only ? inUse.examples : [], request.given);
  const checked = checkLabels(labels.examples, schemaOf(definition), textsOf(definition));
  const known = [...request.problems, ...labels.problems, ...checked.problems];
  const read = await readAll(request, checked.examples, options);
  const context = learnContext(request, options.host);
  const taught = await teachSteps(definition, read.examples, request, context);
  const problems = unique([...known, ...read.problems, ...taught.problems]);
  if (taught.outOfFold.length === 0) throw nothing(definition, problems);

  const draft = await profileOf(request, read.examples, taught, options);
  const comparison = inUse ? await compared(request, inUse, read.examples, taught, options.host) : null;
  const verdict = verdictOn(request, inUse, draft, comparison);
  const replaced = !keeping.has(verdict);
  const report = { name, before: inUse ? profileRef(inUse.profile) : null, verdict, replaced, comparison };
  const figures = { dial: dialOf(request), examples: read.examples.length, taught, problems };
  if (!replaced && inUse) return { ...report, ...figures, profile: profileRef(inUse.profile) };

  progress("storing", 1);
  const learnedFrom = new Set(read.examples.map(({ id }) => id));
  const examples = checked.examples.filter(({ id }) => learnedFrom.has(id));
  await storeDocuments(examples, request.bytes, options.host);
  return { ...report, ...figures, profile: profileRef(await options.profiles.save(draft, examples)) };
}

interface InUse {
  readonly profile: Profile;
  readonly examples: readonly ProfileExample[];
}

async function profileInUse(workflow: string, name: string, profiles: Profiles): Promise<InUse | null> {
  const ref = await profiles.current(workflow, name);
  if (ref === null) return null;
  return { profile: await profiles.load(workflow, ref), examples: await profiles.examples(workflow, ref) };
}

const dialOf = ({ risk, promise }: Dial): Dial => ({ risk, promise });

function schemaOf({ name, schema }: WorkflowDefinition) {
  if (schema) return schema;
  throw new WeirError("teach.nothing", `The workflow ${name} decides nothing: there is nothing to learn`);
}

/** Reading takes the first tenth of the way. */
async function readAll(request: TeachRequest, examples: readonly ProfileExample[], { host }: TeacherOptions) {
  const { definition, bytes, signal, progress } = request;
  const onRead = (count: number) => progress("reading", (count / examples.length) * 0.1);
  return await readExamples(definition, host, examples, { bytes, signal, onRead });
}

function learnContext({ settings, signal, progress }: TeachRequest, { model, large }: StepHost): LearnContext {
  return {
    model,
    ...(large ? { large } : {}),
    settings,
    signal,
    progress: (doing, share) => progress(doing, 0.1 + share * 0.9),
    without: new Set(),
  };
}

function nothing({ name }: WorkflowDefinition, problems: readonly ExampleProblem[]): WeirError {
  const some = problems.slice(0, 10).map((problem) => problemText(problem));
  if (some.length === 0) some.push("there are none: name a file of labelled items, or --from-reviews");
  const rest = problems.length > some.length ? [`and ${problems.length - some.length} more`] : [];
  return new WeirError("teach.nothing", [`${name} can learn nothing from these labels`, ...some, ...rest].join("\n"));
}

async function profileOf(
  request: TeachRequest,
  examples: readonly ReadExample[],
  taught: Taught,
  { host, engineBuild }: TeacherOptions,
): Promise<Omit<Profile, "version">> {
  const { definition } = request;
  const labels = Object.fromEntries(examples.map(({ state, truth }) => [state.document.sha256, truth]));
  return {
    schema: "weir.profile/1",
    name: request.name,
    workflow: { name: definition.name, version: definition.version, hash: decidingHash(definition) },
    learned: {
      on: new Date(host.clock.now()).toISOString(),
      engine: engineBuild,
      examples: examples.length,
      sources: taught.sourceCount,
      hash: `sha256:${createHash("sha256").update(canonicalJson(labels)).digest("hex")}`,
      models: await modelsOf(host, taught.asked),
    },
    ...dialOf(request),
    steps: taught.steps,
    sources: taught.sources,
    certificates: taught.certificates,
    watch: { audit: request.audit, confidences: taught.confidences },
  };
}

/** Those that were asked. */
async function modelsOf({ model, large }: StepHost, asked: Taught["asked"]): Promise<Profile["learned"]["models"]> {
  if (asked.length === 0) return {};
  const info = await model.describe();
  const larger = large ? { large: (await large.describe()).decoder } : {};
  const known: Readonly<Record<string, ModelInfo["decoder"]>> = { ...info, ...larger };
  return Object.fromEntries(asked.flatMap((role) => (known[role] ? [[role, known[role]]] : [])));
}

/** Both on the examples that the profile in use was not learned from. */
async function compared(
  request: TeachRequest,
  inUse: InUse,
  examples: readonly ReadExample[],
  taught: Taught,
  host: StepHost,
): Promise<Comparison | null> {
  if (inUse.profile.workflow.hash !== decidingHash(request.definition)) return null;
  const seen = new Set(inUse.examples.map(({ document }) => document.sha256));
  const unseen = examples.filter(({ state }) => !seen.has(state.document.sha256));
  if (unseen.length === 0) return null;
  const answered: { example: string; truth: ReadExample["truth"]; answers: Decisions }[] = [];
  for (const [at, one] of unseen.entries()) {
    request.progress("comparing with the profile in use", at / unseen.length);
    const options = { profile: inUse.profile, settings: request.settings, without: new Set<string>() };
    const answers = await answersTo(request.definition, host, one, { ...options, signal: request.signal }).catch(
      unreadable,
    );
    if (answers === null) return null;
    answered.push({ example: one.id, truth: one.truth, answers });
  }
  return compare(answered, taught.outOfFold);
}

/** What another version of Weir learned may be of no use to this one: then there is nothing to compare with. */
function unreadable(error: unknown): null {
  if (error instanceof WeirError && error.code === "profile.damaged") return null;
  throw error;
}

function verdictOn(
  request: TeachRequest,
  inUse: InUse | null,
  draft: Omit<Profile, "version">,
  comparison: Comparison | null,
): Verdict {
  if (!inUse) return "first";
  if (inUse.profile.workflow.hash !== draft.workflow.hash) return "other-fields";
  if (comparison && comparison.labels > 0) {
    if (comparison.after > comparison.before) return "better";
    if (comparison.after === comparison.before) return "as-good";
    return request.force ? "forced" : "worse";
  }
  if (request.force) return "forced";
  const dial = ({ risk, promise, watch }: Omit<Profile, "version">) => `${risk} ${promise} ${watch.audit}`;
  const sameDial = dial(inUse.profile) === dial(draft);
  if (inUse.profile.learned.hash === draft.learned.hash && sameDial) {
    const by = ({ engine, models }: Profile["learned"]) => canonicalJson({ engine, models });
    return by(inUse.profile.learned) === by(draft.learned) ? "unchanged" : "renewed";
  }
  // Nothing new to compare on, but labels were corrected or the dial was turned: the latest word counts.
  return draft.learned.examples >= inUse.examples.length ? "relabelled" : "fewer";
}

const putsAtOnce = 8;

async function storeDocuments(examples: readonly ProfileExample[], bytes: BytesBySha, { blobs }: StepHost) {
  const missing = examples.flatMap(({ document }) => bytes.get(document.sha256) ?? []);
  let next = 0;
  const work = async () => {
    for (let at = next++; at < missing.length; at = next++) await blobs.put(missing[at] ?? new Uint8Array());
  };
  await Promise.all(Array.from({ length: putsAtOnce }, work));
}
