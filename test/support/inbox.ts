import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Result, resultSchema } from "../../src/core/index.ts";
import { type Inbox, type InboxEvent, type InboxOptions, createInbox } from "../../src/inbox/index.ts";
import type { Clock, WorkflowView } from "../../src/ports/index.ts";
import { type ManualClock, manualClock } from "../../src/testing/manual-clock.ts";
import { MemoryService } from "./service.ts";

const views: readonly WorkflowView[] = ["invoice", "receipt"].map((name) => ({
  name,
  version: 1,
  hash: "sha256:00",
  input: {},
  output: {},
}));

/** An inbox folder, a service in memory and a clock that a test moves. */
export interface Bench {
  readonly dir: string;
  readonly clock: ManualClock;
  readonly service: MemoryService;
  readonly events: InboxEvent[];
  /** Another inbox process on the same folder. Told apart by the random numbers it draws. */
  inbox(change?: Partial<InboxOptions>): Inbox;
  path(...names: string[]): string;
  /** Every file below the inbox but the inbox's own, sorted, as `invoice/done/a.pdf`. */
  files(): Promise<string[]>;
  /** Names in `.weir/claimed`. */
  claimed(): Promise<string[]>;
  /** Takes what lies there: two looks with the settling time between. */
  take(inbox: Inbox): Promise<void>;
  remove(): Promise<void>;
}

export const settleMs = 2_000;

export async function bench(): Promise<Bench> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), "weir-inbox-")));
  const clock = manualClock();
  const service = new MemoryService(clock, views);
  const events: InboxEvent[] = [];
  let processes = 0;
  return {
    dir,
    clock,
    service,
    events,
    inbox: (change = {}) => {
      processes += 1;
      const random = 1 / (processes + 1);
      const own: Clock = { ...clock, random: () => random };
      return createInbox({ dir, service, clock: own, onEvent: (event) => events.push(event), settleMs, ...change });
    },
    path: (...names) => join(dir, ...names),
    files: async () => {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
        .filter((file) => !file.startsWith(".weir"))
        .toSorted();
    },
    claimed: async () => (await readdir(join(dir, ".weir", "claimed"))).toSorted(),
    take: async (inbox) => {
      await inbox.scanOnce();
      await clock.advance(settleMs);
      await inbox.scanOnce();
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Brings every unfinished run to its end, as a worker would. A document that says "fail" fails. */
export function work(service: MemoryService, end: (text: string) => "succeeded" | "failed" | "review" = byText): void {
  for (const run of service.runs.filter(({ status }) => status === "queued")) {
    service.move(run.id, "running");
    const status = end(run.document.name);
    const error = { code: "document.damaged", message: "The file is cut off.", hint: "Ask for it again." };
    service.move(run.id, status, status === "failed" ? { error } : {});
  }
}

const byText = (name: string) => (name.includes("fail") ? "failed" : name.includes("review") ? "review" : "succeeded");

export function parseResult(text: string): Result {
  return resultSchema.parse(JSON.parse(text));
}
