import type { Command } from "commander";
import { WeirError } from "../../core/index.ts";
import { decisionsHash, firstBroken, firstHash } from "../../ledger/index.ts";
import type { LedgerEntry } from "../../ports/index.ts";
import { withJson, withState } from "../options.ts";
import { count } from "../render/text.ts";
import { type App, type Shell, ending, exit, withApp } from "../shell.ts";
import { eachEntry } from "./ledger.ts";

interface VerifyOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly head?: string;
}

/** `weir audit verify`: whether the record of what left and what was decided was altered. */
export function addAudit(program: Command, shell: Shell): Command {
  const audit = program.command("audit").description("check the record of what left and of what was decided");
  const verify = audit
    .command("verify")
    .description("whether every entry is as it was written, and every result as it was decided");
  withJson(withState(verify))
    .option("--head <hash>", "a hash this command printed earlier: the record must still contain it")
    .action(
      ending(shell, async (options: VerifyOptions) =>
        withApp(shell, options, async (app) => {
          const found = await verified(app, options.head ?? null);
          if (options.json) shell.print({ schema: "weir.audit/1", ...found });
          else {
            shell.say(`${count(found.entries, "entry").replace("entrys", "entries")}, all as they were written.`);
            if (found.entries > 0)
              shell.say(`Keep this hash elsewhere and give it with --head next time: ${found.head}`);
          }
          return exit.done;
        }),
      ),
    );
  return audit;
}

/** @throws WeirError `ledger.broken` */
async function verified(app: App, wanted: string | null): Promise<{ readonly entries: number; readonly head: string }> {
  let last = { seq: 0, hash: firstHash };
  let seen = wanted === null;
  const decided = new Map<string, LedgerEntry>();
  const erased = new Set<number>();
  for await (const entry of eachEntry(app.ledger, {})) {
    const broken = firstBroken([entry], last);
    if (broken) throw new WeirError("ledger.broken", `The record does not hold: ${broken.message}.`);
    last = entry;
    seen ||= entry.hash === wanted;
    if (entry.erased) erased.add(entry.seq);
    else if (entry.kind === "decided") decided.set(entry.run, entry);
    // Nothing is erased without a word.
    if (entry.kind === "erased") for (const seq of entry.data["entries"] as readonly number[]) erased.delete(seq);
  }
  if (!seen) throw new WeirError("ledger.broken", `No entry has the hash ${wanted}: the end of the record is gone.`);
  const [unsaid] = erased;
  if (unsaid !== undefined) {
    throw new WeirError("ledger.broken", `Entry ${unsaid} was emptied, and no entry says that it was erased.`);
  }
  for (const [id, entry] of decided) await checkDecided(app, id, entry);
  return { entries: last.seq, head: last.hash };
}

/** What the store shows of a run must be what was decided. */
async function checkDecided(app: App, id: string, { data }: LedgerEntry): Promise<void> {
  const run = await app.service.get(id);
  if (!run || run.status !== "succeeded" || decisionsHash(run.draft) === data["decisionsHash"]) return;
  throw new WeirError("ledger.broken", `The result of run ${id} is not the one that was decided.`);
}
