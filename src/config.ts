import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { WeirError, parseBytes, parseDuration } from "./core/index.ts";

/** What the environment says, read once and handed on as a plain object: nothing else looks at process.env. */
export interface Config {
  /** Where the command was called: what relative paths on the command line are relative to. */
  readonly callerDir: string;
  /** All state of this installation: `--data`, else WEIR_DATA, else `.weir` where the command was called. */
  readonly dataDir: string;
  /** Downloaded models, shared by all clones: WEIR_CACHE, else the user's cache folder. */
  readonly cacheDir: string;
  /** WEIR_MODEL: path, `hf:` URI or catalogue name of the decoder; null: the one chosen, else the default. */
  readonly model: string | null;
  /** WEIR_MODEL_LARGE: a larger decoder asked about what the first leaves in doubt, in the same forms; null: none. */
  readonly largeModel: string | null;
  /** WEIR_AIRGAP: no byte leaves this machine. */
  readonly airgap: boolean;
  /** WEIR_API_KEYS, comma-separated: who may use the HTTP API from elsewhere; none: this machine only. */
  readonly apiKeys: readonly string[];
  /** WEIR_DATABASE_URL: PostgreSQL for runs, queue and documents, shared by several machines; null: the data folder. */
  readonly databaseUrl: string | null;
  /** WEIR_REDIS_URL: Redis for the queue, beside PostgreSQL; null: the queue is in the database. */
  readonly redisUrl: string | null;
  readonly limits: Limits;
  /** WEIR_RETENTION, "30d": how long after a run is over what it no longer needs is kept; null: for ever. */
  readonly retentionMs: number | null;
  /** WEIR_CONCURRENCY, "invoice=2,ticket=4": how many runs of a workflow may be worked on at the same time, by all workers. */
  readonly concurrency: Readonly<Record<string, number>>;
  /** WEIR_CLOUD, WEIR_CLOUD_BASE_URL, WEIR_CLOUD_API_KEY: the stronger model asked about doubted fields; null: none. */
  readonly cloud: { readonly model: string; readonly baseUrl: string | null; readonly apiKey: string | null } | null;
  /** WEIR_PRICES: a price list instead of the shipped one; null: that one. */
  readonly prices: string | null;
  /** WEIR_LOG, "LEVEL,FORMAT": what service commands say about themselves; format null: text for a terminal, else JSON. */
  readonly log: { readonly level: (typeof logLevels)[number]; readonly format: (typeof logFormats)[number] | null };
  /** NO_COLOR, FORCE_COLOR: with or without colours wherever text goes; null: with them where a terminal shows it. */
  readonly color: boolean | null;
}

const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
const logFormats = ["text", "json"] as const;

/** What is not taken. */
export interface Limits {
  /** WEIR_QUEUE_MAX: documents that may wait or be worked on. */
  readonly queueMax: number;
  /** WEIR_DOCUMENT_MAX: bytes of one document. */
  readonly documentBytesMax: number;
  /** WEIR_DISK_FREE_MIN: below so many free bytes nothing is taken. */
  readonly diskFreeMin: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const text = z
  .string()
  .optional()
  .transform((value) => (value === "" ? undefined : value));

const flag = z
  .string()
  .optional()
  .transform((value) => value?.toLowerCase() ?? "")
  .pipe(z.enum(["1", "true", "yes", "0", "false", "no", ""], "is 1 or 0"))
  .transform((value) => ["1", "true", "yes"].includes(value));

const list = z
  .string()
  .optional()
  .transform((value) => (value ?? "").split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])));

const size = (otherwise: string) =>
  z
    .string()
    .optional()
    .transform((value) => parseBytes(value === undefined || value === "" ? otherwise : value))
    .pipe(z.number("is a size such as 50MB"));

const duration = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value === "" ? null : (parseDuration(value) ?? Number.NaN)))
  .pipe(z.number("is a time such as 30d").nullable());

const number = (otherwise: number) =>
  z
    .string()
    .optional()
    .transform((value) => (value === undefined || value === "" ? otherwise : Number(value)))
    .pipe(z.int("is a whole number").min(1, "is a whole number from 1"));

const limitsByName = list
  .pipe(
    z.array(z.string().regex(/^[a-z0-9][a-z0-9-]*=[1-9]\d{0,5}$/, "is WORKFLOW=NUMBER, with commas between several")),
  )
  .transform((parts) =>
    Object.fromEntries(parts.map((part) => part.split("=")).map(([name, most]) => [name, Number(most)])),
  );

const log = list.transform((words, context) => {
  const level = logLevels.find((one) => words.includes(one)) ?? "info";
  const format = logFormats.find((one) => words.includes(one)) ?? null;
  if (words.every((word) => word === level || word === format)) return { level, format };
  context.addIssue(`is a level (${logLevels.join(", ")}), a format (${logFormats.join(", ")}) or both with a comma`);
  return z.NEVER;
});

/** The value is a secret: a message about it does not repeat it. */
const urlOf = (protocols: readonly string[]) =>
  text.pipe(
    z
      .string()
      .refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ""), {
        error: `is a ${protocols[0]}// URL`,
        params: { secret: true },
      })
      .optional(),
  );

const environment = z.object({
  WEIR_DATA: text,
  WEIR_CACHE: text,
  WEIR_MODEL: text,
  WEIR_MODEL_LARGE: text,
  WEIR_AIRGAP: flag,
  WEIR_API_KEYS: list,
  WEIR_DATABASE_URL: urlOf(["postgres:", "postgresql:"]),
  WEIR_REDIS_URL: urlOf(["redis:", "rediss:"]),
  WEIR_CLOUD: text,
  WEIR_CLOUD_BASE_URL: urlOf(["http:", "https:"]),
  WEIR_CLOUD_API_KEY: text,
  WEIR_PRICES: text,
  WEIR_LOG: log,
  WEIR_QUEUE_MAX: number(10_000),
  WEIR_DOCUMENT_MAX: size("50MB"),
  WEIR_DISK_FREE_MIN: size("100MB"),
  WEIR_CONCURRENCY: limitsByName,
  WEIR_RETENTION: duration,
  XDG_CACHE_HOME: text,
  NO_COLOR: text,
  FORCE_COLOR: text,
  TERM: text,
  INIT_CWD: text,
  npm_package_json: text,
});

/**
 * @param folder the folder the process runs in
 * @throws WeirError `config.invalid` naming the variable
 */
export function readConfig(env: Environment = process.env, folder: string = process.cwd()): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0]);
    const secret = issue?.code === "custom" && issue.params?.["secret"] === true;
    throw new WeirError("config.invalid", `${name} ${issue?.message}${secret ? "" : `, not "${env[name]}"`}`);
  }
  const values = parsed.data;
  if (values.WEIR_REDIS_URL !== undefined && values.WEIR_DATABASE_URL === undefined) {
    throw new WeirError(
      "config.invalid",
      "WEIR_REDIS_URL is set and WEIR_DATABASE_URL is not: Redis holds the queue only, PostgreSQL everything else",
    );
  }
  const callerDir = callerFolder(values.INIT_CWD, values.npm_package_json, folder);
  return {
    callerDir,
    dataDir: resolve(callerDir, values.WEIR_DATA ?? ".weir"),
    cacheDir: values.WEIR_CACHE ? resolve(callerDir, values.WEIR_CACHE) : userCache(values.XDG_CACHE_HOME),
    model: values.WEIR_MODEL ?? null,
    largeModel: values.WEIR_MODEL_LARGE ?? null,
    airgap: values.WEIR_AIRGAP,
    apiKeys: values.WEIR_API_KEYS,
    databaseUrl: values.WEIR_DATABASE_URL ?? null,
    redisUrl: values.WEIR_REDIS_URL ?? null,
    cloud: cloudOf(values.WEIR_CLOUD, values.WEIR_CLOUD_BASE_URL, values.WEIR_CLOUD_API_KEY),
    limits: {
      queueMax: values.WEIR_QUEUE_MAX,
      documentBytesMax: values.WEIR_DOCUMENT_MAX,
      diskFreeMin: values.WEIR_DISK_FREE_MIN,
    },
    concurrency: values.WEIR_CONCURRENCY,
    retentionMs: values.WEIR_RETENTION,
    prices: values.WEIR_PRICES === undefined ? null : resolve(callerDir, values.WEIR_PRICES),
    log: values.WEIR_LOG,
    color: colorOf(values.NO_COLOR, values.FORCE_COLOR, values.TERM),
  };
}

function cloudOf(model: string | undefined, baseUrl: string | undefined, apiKey: string | undefined): Config["cloud"] {
  if (model === undefined) return null;
  return { model, baseUrl: baseUrl?.replace(/\/+$/, "") ?? null, apiKey: apiKey ?? null };
}

/** What processes started from here on inherit: nothing leaves them either. */
export function inheritAirgap(): void {
  process.env["WEIR_AIRGAP"] = "1";
}

/** Who asks for none gets none; then who forces them; a terminal that cannot show them has none. */
function colorOf(no: string | undefined, force: string | undefined, term: string | undefined): boolean | null {
  if (no !== undefined) return false;
  if (force !== undefined) return force !== "0" && force !== "false";
  return term === "dumb" ? false : null;
}

/**
 * npm moves to the package's folder and leaves the caller's in INIT_CWD. A process further down that
 * moved elsewhere inherits both, and means its own folder.
 */
function callerFolder(initial: string | undefined, packageJson: string | undefined, folder: string): string {
  if (initial === undefined) return folder;
  return packageJson === undefined || dirname(packageJson) === folder ? initial : folder;
}

/** Relative paths are invalid in XDG_CACHE_HOME and ignored, as its specification wants. */
function userCache(xdg: string | undefined): string {
  return join(xdg?.startsWith("/") ? xdg : join(homedir(), ".cache"), "weir");
}
