import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Ledger, LedgerEntry } from "../../ports/index.ts";
import { withJson, withState } from "../options.ts";
import { ledgerDetail, ledgerTable, notAsked } from "../render/ledger.ts";
import { type Shell, ending, exit, knownRun, withApp } from "../shell.ts";

interface LedgerOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly export?: string;
}

/** As many entries in memory at a time. */
const pageEntries = 200;

/** `weir ledger`: what left this machine and what came back, byte for byte. */
export function addLedger(program: Command, shell: Shell): Command {
  const command = program
    .command("ledger")
    .description("show what left this machine for a cloud model, and what came back, byte for byte")
    .argument("[run]", "only what left for this run, in full");
  return withJson(withState(command))
    .option("--export <file>", "write every entry with its bytes and hash, one JSON object a line")
    .action(
      ending(shell, async (id: string | undefined, options: LedgerOptions) =>
        withApp(shell, options, async (app) => {
          const run = id === undefined ? null : await knownRun(app, id);
          const filter = run ? { run: run.id } : {};
          if (options.export !== undefined) return await exportTo(options.export, app.ledger, filter, shell);
          const entries: LedgerEntry[] = [];
          for await (const entry of eachEntry(app.ledger, filter)) {
            if (entry.kind === "decided" || entry.kind === "erased") continue;
            if (options.json) shell.print(printable(entry));
            else entries.push(run ? entry : { ...entry, body: entry.body && entry.body.slice(0, 0) });
          }
          if (options.json) return exit.done;
          if (entries.length === 0) shell.say(notAsked(run?.id ?? null));
          else shell.say(run ? ledgerDetail(entries, shell.paint) : ledgerTable(entries, shell));
          return exit.done;
        }),
      ),
    );
}

/** All entries that fit, in order, one page in memory at a time. */
export async function* eachEntry(ledger: Ledger, filter: { readonly run?: string }): AsyncGenerator<LedgerEntry> {
  for (let afterSeq = 0; ;) {
    const page = await ledger.entries({ ...filter, afterSeq, limit: pageEntries });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageEntries) return;
    afterSeq = last.seq;
  }
}

async function exportTo(
  file: string,
  ledger: Ledger,
  filter: { readonly run?: string },
  shell: Shell,
): Promise<number> {
  const path = resolve(shell.config.callerDir, file);
  const lines: string[] = [];
  for await (const entry of eachEntry(ledger, filter)) lines.push(JSON.stringify(printable(entry)));
  await writeFile(path, lines.map((line) => `${line}\n`).join(""));
  shell.say(`${lines.length} entries written: ${path}`);
  return exit.done;
}

/** Bytes as text: what is sent and received is JSON or a page. */
function printable({ body, at, ...entry }: LedgerEntry) {
  return { ...entry, at: new Date(at).toISOString(), body: body === null ? null : new TextDecoder().decode(body) };
}
