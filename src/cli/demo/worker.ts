import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { WeirError } from "../../core/index.ts";

const launcher = fileURLToPath(new URL("../../../bin/weir.mjs", import.meta.url));
const complaintMax = 2_000;

/** `weir worker` as a process of its own, on a data folder. It ends when this process does. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #complaint = "";

  constructor(dataDir: string) {
    this.#child = fork(launcher, ["worker", "--data", dataDir], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.once("error", ({ message }) => {
        this.#complaint = message;
        resolve();
      });
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-complaintMax);
    });
  }

  get #isAlive(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws WeirError `internal` when it has ended by itself */
  assertAlive(): void {
    if (this.#isAlive) return;
    const { exitCode, signalCode } = this.#child;
    throw new WeirError(
      "internal",
      `The worker ended by itself (${exitCode ?? signalCode}): ${this.#complaint.trim()}`,
    );
  }

  /** Ends it after the step in progress. @returns its exit code */
  async stop(): Promise<number | null> {
    return await this.#end("SIGTERM");
  }

  /** Ends it in the middle of whatever it does. @returns whether the signal was what ended it */
  async kill(): Promise<boolean> {
    await this.#end("SIGKILL");
    return this.#child.signalCode === "SIGKILL";
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    if (this.#isAlive) {
      this.#child.kill(signal);
      await this.#ended;
    }
    return this.#child.exitCode;
  }
}
