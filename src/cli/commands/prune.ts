import { type Command, InvalidArgumentError, Option } from "commander";
import { WeirError, parseDuration, writtenBytes } from "../../core/index.ts";
import type { Pruned } from "../../upkeep/index.ts";
import { withJson, withState } from "../options.ts";
import { count } from "../render/text.ts";
import { type Shell, ending, exit, withApp } from "../shell.ts";

interface PruneCommandOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly olderThan?: number;
  readonly failed?: boolean;
  readonly vacuum?: boolean;
}

/** `weir prune`: drops what old runs no longer need. */
export function addPrune(program: Command, shell: Shell): Command {
  const command = program.command("prune").description("drop what old runs no longer need; results and record stay");
  return withJson(withState(command))
    .addOption(
      new Option("--older-than <age>", "runs over since so long, e.g. 30d (default: WEIR_RETENTION)").argParser(age),
    )
    .option("--failed", "also runs that failed: they cannot be retried then")
    .option("--vacuum", "give the database's space back to the disk; it needs as much again meanwhile, and others wait")
    .action(
      ending(shell, async (options: PruneCommandOptions) => {
        const olderThanMs = options.olderThan ?? shell.config.retentionMs;
        if (olderThanMs === null) {
          throw new WeirError("config.invalid", "How old is old? Neither --older-than nor WEIR_RETENTION says it", {
            hint: "weir prune --older-than 30d",
          });
        }
        return await withApp(shell, options, async ({ upkeep }) => {
          const pruned = await upkeep.prune({ olderThanMs, failed: options.failed === true, signal: shell.signal });
          if (options.vacuum) await upkeep.compact();
          if (options.json) shell.print({ schema: "weir.prune/1", ...pruned });
          else shell.say(prunedWords(pruned));
          return exit.done;
        });
      }),
    );
}

function age(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError("An age is a number with s, min, h, d, w or y, e.g. 30d.");
}

function prunedWords({ runs, blobs, journalBytes, blobBytes }: Pruned): string {
  const journals = `${count(runs, "journal")} (${writtenBytes(journalBytes)}, used again by the database)`;
  return `Dropped ${journals} and ${count(blobs, "stored file")} (${writtenBytes(blobBytes)}).`;
}
