import { fork, type ChildProcess } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { WeirError, errorCodes, type ErrorCode } from "../core/index.ts";
import { fromHost, protocolVersion, type HostCall, type ToHost } from "./protocol.ts";

// The extension is this file's own: .ts in a clone, .js once built.
const entry = fileURLToPath(new URL(`../../workers/model-host${extname(import.meta.filename)}`, import.meta.url));
const stderrMax = 2_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: (done: number, total: number) => void;
}

/** One life of the model host: from its start to its end, whoever ends it. One call at a time. */
export class HostChild {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #stderr = "";
  #failure: WeirError | null = null;
  #waiting: Waiting | null = null;
  #waitingFor: number | null = null;
  readonly #ready = Promise.withResolvers<void>();

  constructor() {
    // No execArgv: node-llama-cpp tests its binary in a process of its own, which inherits them.
    this.#child = fork(entry, [], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    // Whoever waits is told; nobody may be waiting.
    this.#ready.promise.catch(() => {});
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrMax);
    });
    this.#child.on("message", (message) => this.#receive(message));
    this.#exited = new Promise((resolve) => {
      const ended = (how: string) => {
        this.#failure ??= new WeirError("model.host-crashed", `The model process ended (${how}).${this.#lastWords()}`);
        this.#ready.reject(this.#failure);
        this.#settle(({ reject }) => reject(this.#failure ?? new Error(how)));
        resolve();
      };
      this.#child.once("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
      this.#child.once("error", (error) => ended(error.message));
    });
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  get alive(): boolean {
    return this.#failure === null;
  }

  /** Resolves once the process listens. @throws WeirError `model.host-crashed` */
  async ready(): Promise<void> {
    await this.#ready.promise;
  }

  /** @throws WeirError as the host says, or `model.host-crashed` */
  async ask(call: HostCall, progress: Waiting["progress"]): Promise<unknown> {
    const answer = this.#wait(call.id, progress);
    this.#send(call);
    return answer;
  }

  cancel(id: number): void {
    this.#send({ kind: "cancel", id });
  }

  /** Whether an idle host keeps this process from ending by itself. */
  holdOpen(hold: boolean): void {
    for (const handle of [this.#child, this.#child.channel]) {
      if (hold) handle?.ref();
      else handle?.unref();
    }
    const { stderr } = this.#child;
    if (stderr !== null && "unref" in stderr && "ref" in stderr) {
      const toggle = hold ? stderr.ref : stderr.unref;
      if (typeof toggle === "function") toggle.call(stderr);
    }
  }

  /** Ends the process at once and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    this.holdOpen(true);
    await this.#exited;
  }

  #send(message: ToHost): void {
    // A host that is gone says so by its exit.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #wait(id: number, progress: Waiting["progress"]): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waitingFor = id;
      this.#waiting = { resolve, reject, progress };
    });
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#waitingFor = null;
    if (waiting !== null) how(waiting);
  }

  #receive(raw: unknown): void {
    const message = fromHost.parse(raw);
    if (message.kind === "ready") {
      if (message.version === protocolVersion) return this.#ready.resolve();
      return this.#ready.reject(new WeirError("model.host-crashed", "The model process is of another build."));
    }
    if (message.id !== this.#waitingFor) return; // An answer that nobody waits for any more.
    if (message.kind === "progress") return this.#waiting?.progress(message.done, message.total);
    if (message.kind === "done") return this.#settle((waiting) => waiting.resolve(message.value));
    const { code, message: text, hint } = message;
    this.#settle((waiting) => waiting.reject(new WeirError(knownCode(code), text, { hint })));
  }

  #lastWords(): string {
    const line = this.#stderr.trim().split("\n").at(-1) ?? "";
    return line === "" ? "" : ` It last said: ${line.slice(0, 200)}`;
  }
}

function knownCode(code: string): ErrorCode {
  return code in errorCodes ? (code as ErrorCode) : "internal";
}
