import {
  type Fate,
  type Result,
  type RunStatus,
  fatesOf,
  runStatuses,
  schemaPath,
  toResult,
} from "../../core/index.ts";
import type { RunRecord, ServiceStats } from "../../ports/index.ts";
import { RunningMedian } from "./median.ts";

/**
 * Who decided what, counted over runs. A run is a document here; one that is still at work, failed or
 * was cancelled has decided nothing and counts among the runs only.
 */

export type Fates = { readonly n: number } & Readonly<Record<Fate, number>>;

export interface WorkflowStats {
  readonly name: string;
  readonly runs: Readonly<Record<RunStatus, number>>;
  /** A document counts as the hardest of its paths: waiting, else person, else cloud, else accepted (untouched). */
  readonly documents: Fates;
  /** Over all paths of all documents. */
  readonly all: Fates;
  /** By path, the places in a list together: `lines.*.amount`. */
  readonly paths: Readonly<Record<string, Fates>>;
  /** Working time, waiting not counted; null without documents. */
  readonly secondsMedian: number | null;
  /** What sending every document whole would have taken, estimated, against what was sent. */
  readonly tokens: { readonly allCloud: Tokens; readonly sent: Tokens & { readonly bytes: number } };
  /** What the cloud took, as billed or estimated, in the currency of the price list. */
  readonly cloudCost: number;
}

interface Tokens {
  readonly prompt: number;
  readonly completion: number;
}

/** `weir.stats/1` */
export interface Stats {
  readonly schema: "weir.stats/1";
  readonly runs: Readonly<Record<RunStatus, number>>;
  /** Of all workflows. `oldestQueuedMs`: how long the run that waits longest has; null when none does. */
  readonly queue: ServiceStats["queue"] & { readonly oldestQueuedMs: number | null };
  readonly workflows: readonly WorkflowStats[];
  /** The profiles in use. */
  readonly profiles: ServiceStats["profiles"];
}

export class Tally {
  readonly #workflows = new Map<string, WorkflowTally>();
  #oldestQueuedAt = Infinity;

  add(run: RunRecord): void {
    const { name } = run.workflow;
    const known = this.#workflows.get(name) ?? new WorkflowTally(name);
    this.#workflows.set(name, known);
    known.add(run);
    // Nothing changes about a run while it stands in the queue.
    if (run.status === "queued") this.#oldestQueuedAt = Math.min(this.#oldestQueuedAt, run.updatedAt);
  }

  stats({ queue, profiles }: Pick<ServiceStats, "queue" | "profiles">, now: number): Stats {
    const workflows = [...this.#workflows.values()].map((one) => one.stats());
    const total = (status: RunStatus) => workflows.reduce((sum, { runs }) => sum + runs[status], 0);
    const oldest = this.#oldestQueuedAt;
    return {
      schema: "weir.stats/1",
      runs: byStatus(total),
      queue: { ...queue, oldestQueuedMs: oldest === Infinity ? null : Math.max(0, now - oldest) },
      workflows: workflows.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      profiles: profiles.filter(({ workflow }) => this.#workflows.size === 0 || this.#workflows.has(workflow)),
    };
  }
}

class WorkflowTally {
  readonly #name: string;
  readonly #runs = new Map<RunStatus, number>();
  readonly #documents = new FateCount();
  readonly #all = new FateCount();
  readonly #paths = new Map<string, FateCount>();
  readonly #median = new RunningMedian();
  readonly #allCloud = { prompt: 0, completion: 0 };
  readonly #sent = { prompt: 0, completion: 0, bytes: 0 };
  #cloudCost = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(run: RunRecord): void {
    this.#runs.set(run.status, (this.#runs.get(run.status) ?? 0) + 1);
    if (run.status === "review" || run.status === "succeeded") this.#addDocument(toResult(run));
  }

  #addDocument(result: Result): void {
    const found = fatesOf(result);
    for (const [path, fate] of found) {
      const generic = schemaPath(path);
      const count = this.#paths.get(generic) ?? new FateCount();
      this.#paths.set(generic, count);
      count.add(fate);
      this.#all.add(fate);
    }
    this.#documents.add(documentFate(result, new Set(found.values())));
    const { ms, cloud, allCloud } = result.usage;
    this.#median.add(ms);
    this.#allCloud.prompt += allCloud.promptTokens;
    this.#allCloud.completion += allCloud.completionTokens;
    this.#sent.prompt += cloud.promptTokens;
    this.#sent.completion += cloud.completionTokens;
    this.#sent.bytes += cloud.bytesOut;
    this.#cloudCost += Number(cloud.cost);
  }

  stats(): WorkflowStats {
    const ms = this.#median.value();
    return {
      name: this.#name,
      runs: byStatus((status) => this.#runs.get(status) ?? 0),
      documents: this.#documents.counts(),
      all: this.#all.counts(),
      paths: Object.fromEntries([...this.#paths].map(([path, count]) => [path, count.counts()])),
      secondsMedian: ms === null ? null : Math.round(ms) / 1_000,
      tokens: { allCloud: { ...this.#allCloud }, sent: { ...this.#sent } },
      cloudCost: this.#cloudCost,
    };
  }
}

class FateCount {
  readonly #counts: Record<Fate, number> = { accepted: 0, cloud: 0, person: 0, waiting: 0, empty: 0 };

  add(fate: Fate): void {
    this.#counts[fate]++;
  }

  counts(): Fates {
    return { n: Object.values(this.#counts).reduce((sum, one) => sum + one, 0), ...this.#counts };
  }
}

function documentFate({ status }: Result, found: ReadonlySet<Fate>): Fate {
  if (status === "review") return "waiting";
  return (["person", "cloud", "accepted"] as const).find((fate) => found.has(fate)) ?? "empty";
}

const byStatus = (count: (status: RunStatus) => number) =>
  Object.fromEntries(runStatuses.map((status) => [status, count(status)])) as Record<RunStatus, number>;
