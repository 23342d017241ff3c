import { readFile } from "node:fs/promises";
import process from "node:process";
import { buffer } from "node:stream/consumers";
import { type Config, readConfig } from "../config.ts";
import { WeirError } from "../core/index.ts";
import type { Profiles } from "../ports/index.ts";
import { systemClock } from "../stores/clock.ts";
import { progressOn } from "./progress.ts";
import { runProgram } from "./program.ts";
import { paintWith } from "./render/text.ts";
import { type Log, describeError, exit } from "./shell.ts";

/** The command line as a process: streams, signals, exit code. Started by bin/weir.mjs. */

const { stdout, stderr, stdin } = process;
/** Text for people goes where they look; standard output of a pipe belongs to machines. */
const people = stdout.isTTY ? stdout : stderr;
const columnsWithoutTerminal = 120;

/** A second Ctrl-C within this time is the first one arriving twice: npm and the launcher forward it. */
const sameSignalMs = 1_000;

function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = () => {
    const now = performance.now();
    if (controller.signal.aborted && now - firstAt > sameSignalMs) process.exit(exit.interrupted);
    if (controller.signal.aborted) return;
    firstAt = now;
    controller.abort(new WeirError("cancelled", "Stopped, nothing is lost"));
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, stop);
  // Whoever started us with a channel is gone; the channel itself keeps nothing alive.
  process.on("disconnect", stop);
  process.channel?.unref();
  // Whoever read our output has had enough: `weir ls --json | head -1`.
  stdout.on("error", stop);
  return controller.signal;
}

async function main(): Promise<number> {
  const signal = stopOnSignals();
  const config = readConfig();
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const shell = {
    config,
    clock: systemClock,
    version,
    signal,
    say: (text: string) => void people.write(`${text}\n`),
    write: (text: string) => void stdout.write(text),
    print: (value: object) => void stdout.write(`${JSON.stringify(value)}\n`),
    progress: progressOn(stderr),
    columns: people.columns ?? columnsWithoutTerminal,
    paint: paintWith(config.color ?? people.isTTY === true),
    stdin: async () => await buffer(stdin),
    // Only when a command needs it: help and wrong use answer at once.
    withProfiles: async <T>(state: Config, work: (profiles: Profiles) => Promise<T>) =>
      await (await import("../app.ts")).withProfiles(state, work),
    openApp: async (state: Config, log?: Log) => {
      const { openApp } = await import("../app.ts");
      return await openApp(state, log ? { log } : { onTrouble: (message) => void stderr.write(`${message}\n`) });
    },
    openLog: async () => {
      const { openLog } = await import("../telemetry/index.ts");
      const { level, format } = config.log;
      const color = config.color ?? people.isTTY === true;
      const settings = { level, format: format ?? (people.isTTY ? "text" : "json"), color } as const;
      // Standard output belongs to --json.
      return openLog(settings, (line) => void stderr.write(line));
    },
  };
  return await runProgram(process.argv.slice(2), shell, {
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    paintErr: paintWith(config.color ?? stderr.isTTY === true),
  });
}

process.exitCode = await main().catch((thrown: unknown) => {
  const { text, exitCode } = describeError(thrown, paintWith(false));
  stderr.write(`${text}\n`);
  return exitCode;
});
