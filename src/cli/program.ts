import { Command, CommanderError } from "commander";
import { addAudit } from "./commands/audit.ts";
import { addBackup, addRestore } from "./commands/backup.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEnqueue } from "./commands/enqueue.ts";
import { addEval } from "./commands/eval.ts";
import { addLedger } from "./commands/ledger.ts";
import { addLs } from "./commands/ls.ts";
import { addModel } from "./commands/model.ts";
import { addCancel, addRerun, addRetry } from "./commands/operate.ts";
import { addPrune } from "./commands/prune.ts";
import { addPurge } from "./commands/purge.ts";
import { addReview } from "./commands/review.ts";
import { addRun } from "./commands/run.ts";
import { addApi, addInbox, addStart, addWorker } from "./commands/serve.ts";
import { addShow } from "./commands/show.ts";
import { addStats } from "./commands/stats.ts";
import { addTeach } from "./commands/teach.ts";
import { withExamples } from "./examples.ts";
import type { Paint } from "./render/text.ts";
import { type Shell, describeError, exit } from "./shell.ts";

const commands = [
  addRun,
  addShow,
  addLs,
  addStats,
  addLedger,
  addAudit,
  addReview,
  addRetry,
  addRerun,
  addCancel,
  addPrune,
  addPurge,
  addBackup,
  addRestore,
  addTeach,
  addEval,
  addModel,
  addDoctor,
  addDemo,
  addStart,
  addApi,
  addWorker,
  addInbox,
  addEnqueue,
  addCompletion,
];

const exitCodes = "\nExit codes: 0 done, 1 a document or the work failed, 2 wrong use, 130 stopped by Ctrl-C.";

/** All commands; nothing is done before it parses. */
export function createProgram(shell: Shell, io: Io): Command {
  const program = new Command("weir")
    .description("Document automation with small language models on your own machine.")
    .version(shell.version, "-V, --version")
    .exitOverride()
    .configureOutput({ writeOut: io.writeOut, writeErr: io.writeErr })
    .configureHelp({ helpWidth: shell.columns })
    .showHelpAfterError("weir COMMAND --help says more.");
  for (const add of commands) add(program, shell);
  withExamples(program);
  return program.addHelpText("after", exitCodes);
}

/** Everything after the process is set up. @returns the exit code */
export async function runProgram(args: readonly string[], shell: Omit<Shell, "ends">, io: Io): Promise<number> {
  let exitCode: number = exit.done;
  const ends = (code: number) => {
    exitCode = code;
  };
  const program = createProgram({ ...shell, ends }, io);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (thrown) {
    shell.progress.clear();
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exit.done : exit.wrongUse;
    const { text, exitCode: code } = describeError(shell.signal.aborted ? shell.signal.reason : thrown, io.paintErr);
    io.writeErr(`${text}\n`);
    return code;
  }
}

export interface Io {
  writeOut(text: string): void;
  writeErr(text: string): void;
  readonly paintErr: Paint;
}
