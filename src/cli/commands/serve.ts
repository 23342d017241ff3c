import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { InboxEvent } from "../../inbox/index.ts";
import { fetchModelsForService } from "../models.ts";
import { withAirgap, withJson, withState } from "../options.ts";
import { plain } from "../render/text.ts";
import { type App, type Log, type Shell, ending, exit, stateOf, withApp } from "../shell.ts";
import { logInbox, placeOf } from "../service-log.ts";

interface ServeOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly port: number;
  readonly host: string;
  readonly inbox?: string;
  readonly explain?: boolean;
  readonly airgap?: boolean;
}

/** What one process may do; `weir start` does all of it. */
type Part = "api" | "worker" | "inbox";

/** Where `weir start` answers and `weir enqueue` asks, if nobody says otherwise. */
export const defaultPort = 4170;

/** `weir start`: API, page, inbox and worker in one process. */
export function addStart(program: Command, shell: Shell): Command {
  const command = program.command("start").description("API, page, inbox and worker in one process, until Ctrl-C");
  return withAirgap(withInbox(withPort(withJson(withState(command))))).action(
    serving(shell, ["api", "worker", "inbox"]),
  );
}

/** `weir api`: the HTTP API alone. */
export function addApi(program: Command, shell: Shell): Command {
  const command = program.command("api").description("the HTTP API alone; a worker does the work");
  return withPort(withJson(withState(command))).action(serving(shell, ["api"]));
}

/** `weir worker`: works on whatever is due. */
export function addWorker(program: Command, shell: Shell): Command {
  const command = program.command("worker").description("works on whatever is due, until Ctrl-C");
  return withAirgap(withJson(withState(command))).action(serving(shell, ["worker"]));
}

/** `weir inbox`: watches a folder, or says why each file in it is still there. */
export function addInbox(program: Command, shell: Shell): Command {
  const command = program.command("inbox").description("watch a folder alone; a worker does the work");
  return withInbox(withJson(withState(command)))
    .option("--explain", "say why each file is or is not taken, and end")
    .action(
      ending(shell, async (options: ServeOptions) =>
        options.explain ? await explain(shell, options) : await serve(shell, ["inbox"], options),
      ),
    );
}

const withPort = (command: Command) =>
  command
    .addOption(
      new Option("--port <n>", "where to listen; 0: any that is free").argParser(portNumber).default(defaultPort),
    )
    .option("--host <address>", "other than this machine only with WEIR_API_KEYS", "127.0.0.1");

const withInbox = (command: Command) =>
  command.option("--inbox <dir>", "the folder to watch (default: inbox in the data folder)");

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

const serving = (shell: Shell, parts: readonly Part[]) =>
  ending(shell, async (options: ServeOptions) => await serve(shell, parts, options));

async function serve(shell: Shell, parts: readonly Part[], options: ServeOptions): Promise<number> {
  const log = await shell.openLog();
  if (parts.includes("worker")) await fetchModelsForService(shell, options);
  const app = await shell.openApp(stateOf(shell.config, options), log);
  const stops: (() => Promise<void>)[] = [];
  const told: { [name: string]: string } = { data: stateOf(shell.config, options).dataDir, ...servers(shell) };
  try {
    // The worker last: what it finishes should find everybody listening.
    if (parts.includes("api")) told["url"] = await startApi(shell, app, options, log, stops);
    if (parts.includes("inbox")) told["inbox"] = await startInbox(shell, app, options, log, stops);
    if (parts.includes("worker")) {
      startRetention(shell, app, log, stops);
      app.engine.start();
    }
    log("info", "service.started", { parts: parts.join("+"), version: shell.version, ...told });
    tell(shell, told, options.json === true);
    await aborted(shell.signal);
    log("info", "service.stopping");
  } finally {
    // All at once: nothing is claimed, taken or accepted any more while what is in progress ends.
    await Promise.all([app.engine.stop(), ...stops.map(async (stop) => await stop())]);
    await app.close();
    log("info", "service.stopped");
  }
  return exit.interrupted;
}

/** Where else things are kept; without user and password. */
function servers({ config }: Shell): { readonly [name: string]: string } {
  const place = (text: string) => {
    const { protocol, host, pathname } = new URL(text);
    return `${protocol}//${host}${pathname}`;
  };
  return {
    ...(config.databaseUrl === null ? {} : { database: place(config.databaseUrl) }),
    ...(config.redisUrl === null ? {} : { queue: place(config.redisUrl) }),
  };
}

async function startApi(
  shell: Shell,
  app: App,
  options: ServeOptions,
  log: Log,
  stops: (() => Promise<void>)[],
): Promise<string> {
  const { createServer } = await import("../../server/server.ts");
  const server = createServer({
    service: { ...app.service, purge: async (sha256) => await purgeWithInbox(shell, app, options, sha256) },
    clock: shell.clock,
    keys: shell.config.apiKeys,
    host: options.host,
    port: options.port,
    version: shell.version,
    bodyBytesMax: shell.config.limits.documentBytesMax,
    onError: (error, request) => log("error", "request.failed", { ...request, ...placeOf(error) }),
  });
  const url = await server.listen();
  stops.push(async () => await server.close());
  return url.href;
}

/** The inbox that `weir start` watches is this service's too. First its copies: a run that is gone is begun again. */
async function purgeWithInbox(shell: Shell, { service }: App, options: ServeOptions, sha256: string) {
  const { eraseFromInbox } = await import("../../inbox/index.ts");
  await eraseFromInbox(inboxDir(shell, options), sha256);
  return await service.purge(sha256);
}

function inboxDir(shell: Shell, options: ServeOptions): string {
  const { dataDir, callerDir } = stateOf(shell.config, options);
  return options.inbox === undefined ? join(dataDir, "inbox") : resolve(callerDir, options.inbox);
}

/** How often what is old enough is dropped. */
const pruneEveryMs = 3_600_000;

/** With WEIR_RETENTION old runs are pruned from time to time; trouble with that stops no work. */
function startRetention(shell: Shell, { upkeep }: App, log: Log, stops: (() => Promise<void>)[]): void {
  const { retentionMs } = shell.config;
  if (retentionMs === null) return;
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        const pruned = await upkeep.prune({ olderThanMs: retentionMs, signal: stopping.signal });
        if (pruned.runs + pruned.blobs > 0) log("info", "runs.pruned", { ...pruned });
      } catch (error) {
        if (!stopping.signal.aborted) log("error", "prune.failed", placeOf(error));
      }
      await shell.clock.sleep(pruneEveryMs, stopping.signal).catch(() => {});
    }
  };
  const ended = loop();
  stops.push(async () => {
    stopping.abort();
    await ended;
  });
}

async function openInbox(shell: Shell, app: App, options: ServeOptions, onEvent?: (event: InboxEvent) => void) {
  const { createInbox } = await import("../../inbox/index.ts");
  const dir = inboxDir(shell, options);
  const { service } = app;
  const bytesMax = shell.config.limits.documentBytesMax;
  const inbox = createInbox({ dir, service, clock: shell.clock, bytesMax, ...(onEvent ? { onEvent } : {}) });
  return { dir, inbox };
}

async function startInbox(
  shell: Shell,
  app: App,
  options: ServeOptions,
  log: Log,
  stops: (() => Promise<void>)[],
): Promise<string> {
  const { dir, inbox } = await openInbox(shell, app, options, (event) => logInbox(log, event));
  await inbox.start();
  stops.push(async () => await inbox.stop());
  return dir;
}

async function explain(shell: Shell, options: ServeOptions): Promise<number> {
  return await withApp(shell, options, async (app) => {
    const { inbox } = await openInbox(shell, app, options);
    const told = await inbox.explain();
    if (options.json) for (const one of told) shell.print(one);
    else
      shell.say(
        told.map(({ file, message }) => `${plain(file)}: ${plain(message)}`).join("\n") || "The inbox is empty.",
      );
    return exit.done;
  });
}

function tell(shell: Shell, told: { readonly [name: string]: string }, json: boolean): void {
  if (json) shell.print(told);
  // Whoever wants every line to be JSON has it in the log.
  if (shell.config.log.format === "json") return;
  const names: Readonly<Record<string, string>> = {
    url: "API and page",
    inbox: "Inbox",
    data: "Data",
    database: "Database",
    queue: "Queue",
  };
  const lines = Object.entries(names).flatMap(([key, name]) => (told[key] ? [`${name.padEnd(14)}${told[key]}`] : []));
  shell.say([...lines, "Stop with Ctrl-C; nothing is lost."].join("\n"));
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A signal alone keeps no process alive.
  const awake = setInterval(() => {}, 60_000);
  await new Promise<void>((done) => {
    signal.addEventListener("abort", () => done(), { once: true });
  });
  clearInterval(awake);
}
