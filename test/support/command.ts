import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The command line in processes of its own, as its users meet it. */

const launcher = join(import.meta.dirname, "..", "..", "bin", "weir.mjs");

export type Environment = Readonly<Record<string, string>>;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process has said so far, and what came of it. */
export interface Started {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  readonly ended: Promise<Outcome>;
}

/** Nothing of this process's environment but what finds programs and caches. */
export function startWeir(folder: string, args: readonly string[], env: Environment = {}): Started {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
  });
  child.stdin.end();
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (some: string) => (said.stdout += some));
  child.stderr.setEncoding("utf8").on("data", (some: string) => (said.stderr += some));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...said }));
  return { child, said, ended };
}

export async function weirIn(folder: string, args: readonly string[], env: Environment = {}): Promise<Outcome> {
  return await startWeir(folder, args, env).ended;
}
