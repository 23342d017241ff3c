import { resolve } from "node:path";
import type { AppUpkeep } from "../app.ts";
import type { PriceList } from "../cloud/index.ts";
import type { Config } from "../config.ts";
import type { ErrorCode, Json, Result } from "../core/index.ts";
import { WeirError, asWeirError } from "../core/index.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock, Ledger, Profiles, RunRecord, Service, Telemetry } from "../ports/index.ts";
import type { Teaching } from "../teaching/index.ts";
import type { Progress } from "./progress.ts";
import type { Paint } from "./render/text.ts";

/** What commands are given instead of the process: a test hands in its own. */
export interface Shell {
  /** What the environment says; `--data` and `--airgap` of a command are laid over it. */
  readonly config: Config;
  readonly clock: Clock;
  /** Weir's own. */
  readonly version: string;
  /** Aborted on Ctrl-C and its like; the reason is WeirError `cancelled`. */
  readonly signal: AbortSignal;
  /** Text for people: standard output where it is a terminal, else standard error. */
  say(text: string): void;
  /** Text for programs or files, on standard output as it is. */
  write(text: string): void;
  /** One JSON line on standard output. */
  print(value: Json | Result | object): void;
  readonly progress: Progress;
  readonly columns: number;
  readonly paint: Paint;
  stdin(): Promise<Uint8Array>;
  /** @param log told of every change, and of troubles, which otherwise are said to people */
  openApp(config: Config, log?: Log): Promise<App>;
  /** The log of a service, as WEIR_LOG wants it. */
  openLog(): Promise<Log>;
  /** Looks at what was learned before anything is begun, or even made. */
  withProfiles<T>(config: Config, work: (profiles: Profiles) => Promise<T>): Promise<T>;
  /** The exit code, said once by the command that ran. */
  ends(exitCode: number): void;
}

export type Log = Telemetry["log"];

/** An action of commander that ends with an exit code. */
export function ending<Args extends readonly unknown[]>(shell: Shell, work: (...args: Args) => Promise<number>) {
  return async (...args: Args): Promise<void> => shell.ends(await work(...args));
}

/** A running Weir on one data folder, as the command line needs it. */
export interface App {
  readonly service: Service;
  readonly engine: Pick<Engine, "submit" | "adopt" | "drain" | "retry" | "rerun" | "start" | "stop">;
  readonly teaching: Teaching;
  readonly profiles: Profiles;
  readonly upkeep: AppUpkeep;
  readonly ledger: Ledger;
  readonly prices: PriceList;
  /** One self-contained HTML page about a run. */
  report(run: RunRecord): Promise<string>;
  close(): Promise<void>;
}

export interface StateOptions {
  readonly data?: string;
  readonly airgap?: boolean;
}

/** The configuration with a command's own options laid over it. */
export function stateOf(config: Config, options: StateOptions): Config {
  return {
    ...config,
    dataDir: options.data === undefined ? config.dataDir : resolve(config.callerDir, options.data),
    airgap: config.airgap || options.airgap === true,
  };
}

/** Opens the app for a command and closes it whatever happens. */
export async function withApp<T>(shell: Shell, options: StateOptions, work: (app: App) => Promise<T>): Promise<T> {
  const app = await shell.openApp(stateOf(shell.config, options));
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** Nothing was started: the command was not what it should be. */
const wrongUse: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "input.bad-line",
  "input.duplicate-id",
  "input.none",
  "input.bad-setting",
  "config.invalid",
  "cloud.package",
  "profile.unknown",
  "profile.damaged",
  "profile.other-workflow",
  "teach.nothing",
  "workflow.unknown",
  "workflow.load",
  "workflow.invalid",
  "run.unknown",
  "run.state",
  "review.invalid",
  "review.conflict",
  "model.unknown",
  "store.unwritable",
  "backup.exists",
  "backup.nothing",
  "backup.elsewhere",
]);

export const exit = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

function exitCodeOf(error: WeirError): number {
  if (error.code === "cancelled") return exit.interrupted;
  return wrongUse.has(error.code) ? exit.wrongUse : exit.failed;
}

/** One line with what happened, one with what to do. */
export function describeError(thrown: unknown, paint: Paint): { readonly text: string; readonly exitCode: number } {
  const error = asWeirError(thrown);
  const [first = "", ...rest] = error.message.trim().split("\n");
  const text = [`${paint.red(first.replace(/[.:]$/, ""))} (${error.code})`, ...rest, error.hint].join("\n");
  return { text, exitCode: exitCodeOf(error) };
}

/** @throws WeirError `run.unknown` */
export async function knownRun(app: App, id: string): Promise<RunRecord> {
  const run = await app.service.get(id);
  if (!run) throw new WeirError("run.unknown", `There is no run ${id}`);
  return run;
}
