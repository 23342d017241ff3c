import {
  type ErrorInfo,
  type IdSource,
  type Profile,
  type Result,
  WeirError,
  idSource,
  isSettled,
  toResult,
} from "../core/index.ts";
import { pinProfile } from "../engine/learned.ts";
import { type LoadedWorkflow, loadWorkflow } from "../load-workflow.ts";
import { loadItem } from "./inputs.ts";
import type { Item } from "./items.ts";
import { bar } from "./render/text.ts";
import { type App, type Shell, type StateOptions, stateOf } from "./shell.ts";

/** What `run` and `eval` do: items in, one result each, in input order, through the engine. */
export interface Job {
  readonly workflow: LoadedWorkflow;
  readonly items: readonly Item[];
  readonly settings: Readonly<Record<string, string>>;
  /** "name@version", the same for all; null: none. */
  readonly profile: string | null;
  /** Whether results of earlier runs over the same are ignored. */
  readonly fresh: boolean;
}

/** `--set NAME=VALUE`, repeated. A value that names a file is resolved by the workflow against the caller's folder. */
export function parseSettings(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new WeirError("input.bad-setting", `--set ${text} is not NAME=VALUE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

export const findWorkflow = async (name: string, shell: Shell) => await loadWorkflow(name, shell.config.callerDir);

/** Before anything is begun. @returns "name@version"; null: none. @throws WeirError `profile.*` */
export async function profileFor(
  shell: Shell,
  { definition }: LoadedWorkflow,
  options: StateOptions & { readonly profile?: string },
): Promise<string | null> {
  const state = stateOf(shell.config, options);
  return await shell.withProfiles(state, async (profiles) => await pinProfile(profiles, definition, options.profile));
}

/** The dial answers are measured against: the profile's, else the workflow's. */
export async function dialOf(
  { profiles }: App,
  { definition }: LoadedWorkflow,
  profile: string | null,
): Promise<Pick<Profile, "risk" | "promise">> {
  if (profile === null) return { risk: definition.risk, promise: "certified" };
  return await profiles.load(definition.name, profile);
}

/** sha256 of the documents a profile was learned from: scores on those say little. */
export async function learnedDocuments(
  { profiles }: App,
  { definition }: LoadedWorkflow,
  profile: string | null,
): Promise<ReadonlySet<string>> {
  const examples = profile === null ? [] : await profiles.examples(definition.name, profile);
  return new Set(examples.map(({ document }) => document.sha256));
}

const pollMs = 150;
/** How long a step in progress may go on after Ctrl-C; then it is put back and done again next time. */
const stopMs = 3_000;

/** Yields results as soon as all before them are there. Stops without loss when the shell's signal is aborted. */
export async function* process(app: App, shell: Shell, job: Job): AsyncGenerator<Result> {
  const newId = idSource(shell.clock.now, shell.clock.random);
  const lane = `run-${newId()}`;
  const submitted = await submitAll(app, shell, job, lane, newId);
  const draining = drainWith(app, shell, lane);
  for (const [at, one] of submitted.entries()) {
    if ("result" in one) {
      yield one.result;
      continue;
    }
    shell.progress.update(`${bar(at, submitted.length)} ${at} of ${submitted.length} · ${one.item.id}`);
    await settled(app, shell, one.runId, draining);
    shell.progress.clear();
    yield await app.service.result(one.runId);
  }
  await draining.ended;
}

type Submitted = { readonly item: Item; readonly runId: string } | { readonly result: Result };

async function submitAll(app: App, shell: Shell, job: Job, lane: string, newId: IdSource): Promise<Submitted[]> {
  const submitted: Submitted[] = [];
  for (const item of job.items) {
    shell.signal.throwIfAborted();
    shell.progress.update(`taking in ${item.id}`);
    submitted.push(await submit(app, shell, job, lane, item, newId));
  }
  shell.progress.clear();
  return submitted;
}

async function submit(app: App, shell: Shell, job: Job, lane: string, item: Item, newId: IdSource): Promise<Submitted> {
  const loaded = await loadItem(item, shell.stdin);
  if ("error" in loaded) return { result: failedResult(item, job, loaded.error, newId()) };
  const { workflow, settings, profile } = job;
  const document = { name: item.name, bytes: loaded.bytes };
  const { run, created } = await app.engine.submit({
    itemId: item.id,
    workflow,
    document,
    settings,
    profile,
    lane,
    reuse: !job.fresh,
  });
  // Begun by an earlier call that was stopped: this one goes on with it.
  if (!created && !isSettled(run.status)) await app.engine.adopt([run.id], lane);
  return { item, runId: run.id };
}

/** What no run stands behind: there were no bytes to begin with. */
function failedResult(item: Item, job: Job, error: ErrorInfo, run: string): Result {
  return toResult({
    id: run,
    itemId: item.id,
    workflow: job.workflow.definition,
    profile: job.profile,
    document: { sha256: "", name: item.name, bytes: 0 },
    reading: null,
    status: "failed",
    waiting: null,
    draft: null,
    usage: { ms: 0, queueMs: 0, promptTokens: 0, reusedTokens: 0, generatedTokens: 0 },
    error,
  });
}

interface Draining {
  /** Rejects with what stopped the work. */
  readonly ended: Promise<void>;
  isOver(): boolean;
}

/** Works on a lane; on Ctrl-C stops after the step in progress. */
export function drainWith(app: App, shell: Shell, lane: string): Draining {
  let over = false;
  const stop = () => void app.engine.stop(stopMs);
  shell.signal.addEventListener("abort", stop, { once: true });
  const ended = app.engine
    .drain(lane)
    .then(() => shell.signal.throwIfAborted())
    .finally(() => {
      over = true;
      shell.signal.removeEventListener("abort", stop);
    });
  // Whoever waits for a result sees the rejection; until then it is not unhandled.
  ended.catch(() => {});
  return { ended, isOver: () => over };
}

async function settled(app: App, shell: Shell, runId: string, draining: Draining): Promise<void> {
  for (;;) {
    const run = await app.service.get(runId);
    if (run && isSettled(run.status)) return;
    if (draining.isOver()) return await draining.ended;
    await Promise.race([shell.clock.sleep(pollMs), draining.ended]);
  }
}
