import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { WeirError } from "../../core/index.ts";
import { withJson, withState } from "../options.ts";
import { count, plain } from "../render/text.ts";
import { type App, type Shell, ending, exit, stateOf, withApp } from "../shell.ts";

interface PurgeCommandOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly inbox?: string;
}

/** `weir purge`: erases a document everywhere; the record keeps its hash. */
export function addPurge(program: Command, shell: Shell): Command {
  const command = program
    .command("purge")
    .description("erase a document everywhere: stored bytes, runs, results, labels; the record keeps its hash")
    .argument("<document>", "a file with its bytes, its sha256, or the id of a run over it");
  return withJson(withState(command))
    .option("--inbox <dir>", "erase its copies there too (default: inbox in the data folder)")
    .action(
      ending(shell, async (target: string, options: PurgeCommandOptions) =>
        withApp(shell, options, async (app) => {
          const { eraseFromInbox } = await import("../../inbox/index.ts");
          const sha256 = await documentOf(app, shell, target);
          const { dataDir, callerDir } = stateOf(shell.config, options);
          const inbox = options.inbox === undefined ? join(dataDir, "inbox") : resolve(callerDir, options.inbox);
          // First the copies: an inbox that finds its run gone would send the file again.
          const files = await eraseFromInbox(inbox, sha256);
          const purged = await app.service.purge(sha256);
          if (options.json) shell.print({ schema: "weir.purge/1", ...purged, files });
          else shell.say(purgedWords({ ...purged, files }));
          return exit.done;
        }),
      ),
    );
}

/** @throws WeirError `run.unknown` */
async function documentOf(app: App, shell: Shell, target: string): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(target)) return target;
  const run = await app.service.get(target);
  if (run) return run.document.sha256;
  const bytes = await readFile(resolve(shell.config.callerDir, target)).catch(() => null);
  if (bytes) return createHash("sha256").update(bytes).digest("hex");
  throw new WeirError("run.unknown", `${target} is no run here, no file and no sha256`);
}

interface PurgedEverywhere extends Awaited<ReturnType<App["service"]["purge"]>> {
  readonly files: readonly string[];
}

function purgedWords({ document, runs, blobs, profiles, entries, files }: PurgedEverywhere): string {
  const lines = [
    `Erased document ${document.slice(0, 12)}…: ${count(runs.length, "run")}, ${count(blobs, "stored file")}, ` +
      `${count(files.length, "file")} of the inbox.`,
    ...files.map((file) => `  ${plain(file)}`),
    ...(entries > 0 ? [`${entries} entries of the record keep their hashes only; weir audit verify still holds.`] : []),
    ...profiles.map(
      (name) => `Its labels left profile ${name}. What they did to its weights goes when it is taught again.`,
    ),
    "Not reached: what was delivered elsewhere, and backups made before.",
  ];
  return lines.join("\n");
}
