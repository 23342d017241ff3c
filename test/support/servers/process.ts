import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A server that tests stop, kill and start again at the same place. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Starts it, and resolves when it answers. Does nothing while it runs. */
  start(): Promise<void>;
  /** Ends it with a signal and resolves when it is gone. What it had made durable is there at the next start. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it and removes what it kept. */
  remove(): Promise<void>;
}

/** After a power failure PostgreSQL first reads what it had; a busy disk takes its time. */
const startMsMost = 120_000;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number } | null;
  readonly answers: () => Promise<boolean>;
  /** The polite end. */
  readonly stopSignal: NodeJS.Signals;
}

/** One process at a time of the kind described. */
export class ServerProcess {
  readonly #launch: Launch;
  #child: ChildProcess | null = null;
  #said = "";

  constructor(launch: Launch) {
    this.#launch = launch;
  }

  async start(): Promise<void> {
    if (this.#child) return;
    const { program, args, user, answers } = this.#launch;
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...user });
    this.#child = child;
    running.add(child);
    const keep = (some: string) => {
      this.#said = (this.#said + some).slice(-4_000);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.once("exit", () => running.delete(child));
    const deadline = Date.now() + startMsMost;
    while (!(await answers())) {
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (ended || Date.now() > deadline) throw new Error(`${program} did not start:\n${this.#said}`);
      await delay(25);
    }
  }

  async stop(signal: NodeJS.Signals = this.#launch.stopSignal): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Whether somebody listens; with `ask`, whether the answer begins as it should. */
export async function answersAt(port: number, ask?: { readonly say: string; readonly hear: string }): Promise<boolean> {
  return await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setEncoding("utf8").setTimeout(1_000, () => end(false));
    socket.on("error", () => end(false));
    socket.on("connect", () => (ask ? socket.write(ask.say) : end(true)));
    socket.on("data", (answer: string) => end(answer.startsWith(ask?.hear ?? "")));
  });
}
