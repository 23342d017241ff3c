import { resolve } from "node:path";
import type { Command } from "commander";
import { WeirError, writtenBytes } from "../../core/index.ts";
import { copySqlite } from "../../stores/sqlite/backup.ts";
import { type BackupManifest, backUp, restore } from "../../upkeep/index.ts";
import { withJson, withState } from "../options.ts";
import { count } from "../render/text.ts";
import { type Shell, ending, exit, stateOf } from "../shell.ts";

interface BackupCommandOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `weir backup`: a copy of a data folder that may be in use. */
export function addBackup(program: Command, shell: Shell): Command {
  const command = program
    .command("backup")
    .description("copy the data folder, also while it is in use: runs, documents, profiles; never keys")
    .argument("<folder>", "to be made; it must not be there yet");
  return withJson(withState(command)).action(
    ending(shell, async (folder: string, options: BackupCommandOptions) => {
      const { dataDir, callerDir, databaseUrl } = stateOf(shell.config, options);
      if (databaseUrl !== null) throw elsewhere();
      const to = resolve(callerDir, folder);
      const { missing, ...about } = await backUp({
        from: dataDir,
        to,
        weir: shell.version,
        now: shell.clock.now(),
        copyDatabase: (file) => copySqlite(dataDir, file),
      });
      if (options.json) shell.print({ ...about, missing, folder: to });
      else {
        shell.say(`Backed up to ${to}: ${contents(about)}.`);
        if (missing.length > 0) {
          shell.say(
            shell.paint.yellow(`Gone or damaged before: ${count(missing.length, "stored file")} that runs name.`),
          );
        }
      }
      return exit.done;
    }),
  );
}

/** `weir restore`: a data folder from a backup. */
export function addRestore(program: Command, shell: Shell): Command {
  const command = program
    .command("restore")
    .description("make a data folder of a backup, after every file of it was checked")
    .argument("<folder>", "that `weir backup` made");
  return withJson(withState(command)).action(
    ending(shell, async (folder: string, options: BackupCommandOptions) => {
      const { dataDir, callerDir, databaseUrl } = stateOf(shell.config, options);
      if (databaseUrl !== null) throw elsewhere();
      const about = await restore(resolve(callerDir, folder), dataDir);
      if (options.json) shell.print({ ...about, data: dataDir });
      else shell.say(`Restored to ${dataDir}: ${contents(about)}. Start as usual: what was under way goes on.`);
      return exit.done;
    }),
  );
}

function elsewhere(): WeirError {
  return new WeirError("backup.elsewhere", "With WEIR_DATABASE_URL everything lies in PostgreSQL.");
}

function contents({ runs, blobs, profiles, bytes, at }: BackupManifest): string {
  const parts = [count(runs, "run"), count(blobs, "stored file"), count(profiles, "profile")];
  return `${parts.join(", ")}, ${writtenBytes(bytes)}, as of ${at}`;
}
