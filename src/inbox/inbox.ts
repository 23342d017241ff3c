import { type ErrorInfo, WeirError, idSource } from "../core/index.ts";
import type { Clock, Service } from "../ports/index.ts";
import { Arrivals } from "./arrivals.ts";
import { Claims } from "./claims.ts";
import type { CrashHook } from "./crash-points.ts";
import { inPlainWords, look, makeFolder } from "./disk.ts";
import type { InboxEvent } from "./events.ts";
import { type Explanation, explain } from "./explain.ts";
import { type Raw, canBeClaimed, raw, textOf, under } from "./names.ts";
import { Owner } from "./owner.ts";
import { Tending } from "./tending.ts";
import { Watches, whyNoEvents } from "./watch.ts";

export interface InboxOptions {
  /** Absolute path. */
  readonly dir: string;
  readonly service: Service;
  readonly clock: Clock;
  readonly onEvent?: (event: InboxEvent) => void;
  /** The workflows whose folders are looked into; default: all that the service knows. */
  readonly workflows?: readonly string[];
  /** How long a file must stay unchanged before it is taken; default 2 s. */
  readonly settleMs?: number;
  /** After this long unchanged a file is taken even if it looks unfinished; default 10 min. */
  readonly stuckMs?: number;
  /** The folder is listed at least this often, whatever events say; default 30 s. */
  readonly rescanMs?: number;
  /** How many documents may be in the works at once; those that wait for a person do not count. Default 100. */
  readonly inFlightMax?: number;
  /** Larger files fail unread; default 50 MB. */
  readonly bytesMax?: number;
  /** For tests that kill the process. */
  readonly crash?: CrashHook;
}

export interface Inbox {
  /** Makes the folders, begins to watch. @throws WeirError `inbox.unusable` */
  start(): Promise<void>;
  /** One look at everything. Whatever goes wrong is told by `onEvent` and `explain`. */
  scanOnce(): Promise<void>;
  /** Ends after the move in progress. What is claimed stays claimed, for the next start. */
  stop(): Promise<void>;
  /** Why each file is or is not taken. */
  explain(): Promise<readonly Explanation[]>;
}

export function createInbox(options: InboxOptions): Inbox {
  return new FolderInbox(options);
}

/** Every process says at least this often that it is alive. */
const beatMs = 10_000;
/** Events that come in a crowd are answered by one look. */
const gapMs = 200;
/** Listing may take at most this share of the time. */
const listingRest = 5;

class FolderInbox implements Inbox {
  readonly #options: InboxOptions;
  readonly #clock: Clock;
  readonly #root: Raw;
  readonly #weir: Raw;
  readonly #limits: { readonly settleMs: number; readonly stuckMs: number };
  readonly #rescanMs: number;
  readonly #owner: Owner;
  readonly #claims: Claims;
  readonly #arrivals: Arrivals;
  readonly #tending: Tending;
  readonly #watches: Watches;
  #polls = false;
  #trouble: ErrorInfo | null = null;
  #failures = 0;
  #nextListAt = 0;
  #listingGapMs = gapMs;
  #nextBeatAt = 0;
  #retryAt = 0;
  #working: Promise<void> = Promise.resolve();
  /** Null while it is not started. */
  #loop: { readonly ended: Promise<void> } | null = null;
  #stopped = false;
  #nap: { readonly until: number; readonly wake: AbortController } | null = null;

  constructor(options: InboxOptions) {
    const { clock, service } = options;
    this.#options = options;
    this.#clock = clock;
    this.#root = raw(options.dir.replace(/(?<=.)\/+$/, ""));
    this.#weir = under(this.#root, raw(".weir"));
    this.#limits = { settleMs: options.settleMs ?? 2_000, stuckMs: options.stuckMs ?? 600_000 };
    this.#rescanMs = options.rescanMs ?? 30_000;
    const ids = idSource(
      () => clock.now(),
      () => clock.random(),
    );
    const crash = options.crash ?? (async () => {});
    this.#owner = new Owner(this.#in("owners"), ids().slice(-8).toLowerCase());
    this.#claims = new Claims(this.#in("claimed"), this.#owner, crash);
    this.#arrivals = new Arrivals(this.#root, this.#limits, () => this.#workflows());
    this.#tending = new Tending({
      service,
      clock,
      ids,
      claims: this.#claims,
      owner: this.#owner,
      arrivals: this.#arrivals,
      places: { root: this.#root, temporary: this.#in("tmp"), claims: this.#claims, crash },
      limits: this.#limits,
      bytesMax: options.bytesMax ?? 50_000_000,
      rescanMs: this.#rescanMs,
      inFlightMax: options.inFlightMax ?? 100,
      tell: (event) => options.onEvent?.(event),
    });
    this.#watches = new Watches(() => this.#changed());
  }

  async start(): Promise<void> {
    if (this.#loop) return;
    try {
      if (!(await this.#isThere())) await makeFolder(this.#root);
      await this.#prepare();
      for (const workflow of this.#workflows()) await makeFolder(this.#folderOf(workflow));
    } catch (error) {
      const message = `${textOf(this.#root)} cannot be used: ${inPlainWords(error)}.`;
      throw new WeirError("inbox.unusable", message, { cause: error });
    }
    const why = await whyNoEvents(this.#in("tmp"), raw(`probe~${this.#owner.id}.json`), this.#clock);
    this.#polls = why !== null;
    this.#options.onEvent?.({ type: "watching", how: why === null ? "events" : "polling", why });
    this.#stopped = false;
    this.#loop = { ended: this.#run() };
  }

  async scanOnce(): Promise<void> {
    await this.#exclusive(true);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#nap?.wake.abort();
    await this.#loop?.ended;
    this.#loop = null;
    await this.#working;
    this.#watches.close();
    await this.#owner.retire();
  }

  async explain(): Promise<readonly Explanation[]> {
    return await explain({
      root: this.#root,
      workflows: this.#workflows(),
      service: this.#options.service,
      arrivals: this.#arrivals,
      claims: this.#claims,
      owner: this.#owner,
      held: this.#tending.held,
      trouble: this.#trouble ?? this.#tending.refusal,
      now: this.#clock.now(),
      settleMs: this.#limits.settleMs,
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#exclusive(false);
      await this.#sleepUntil(Math.max(this.#clock.now(), this.#nextDueAt()));
    }
  }

  /** One pass at a time, whoever asks. */
  async #exclusive(everything: boolean): Promise<void> {
    const pass = this.#working.then(() => this.#pass(everything));
    this.#working = pass;
    await pass;
  }

  /** @param everything look at everything now, not only at what is due */
  async #pass(everything: boolean): Promise<void> {
    const now = this.#clock.now();
    if (!everything && now < this.#retryAt) return;
    try {
      await this.#prepare();
      if (everything || now >= this.#nextListAt) await this.#list();
      await this.#arrivals.settle(this.#clock.now(), everything, () => this.#clock.now());
      await this.#tending.pass(everything);
      this.#mended();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #prepare(): Promise<void> {
    if (!(await this.#isThere())) throw new WeirError("inbox.trouble", this.#cannot("it is not there"));
    await makeFolder(this.#weir);
    for (const folder of ["claimed", "owners", "tmp"]) await makeFolder(this.#in(folder));
    if (this.#clock.now() < this.#nextBeatAt) return;
    await this.#owner.beat();
    this.#nextBeatAt = this.#clock.now() + beatMs;
  }

  /** The inbox itself may be a link to a folder; nothing below it may. */
  async #isThere(): Promise<boolean> {
    return (await look(under(this.#root, raw("."))))?.kind === "folder";
  }

  async #list(): Promise<void> {
    const started = this.#clock.now();
    if (this.#loop && !this.#polls) {
      await this.#watches.follow([this.#root, ...this.#workflows().map((workflow) => this.#folderOf(workflow))]);
    }
    await this.#tending.reconcile();
    await this.#arrivals.list(started);
    const ended = this.#clock.now();
    const everyMs = this.#polls ? Math.min(this.#rescanMs, this.#limits.settleMs) : this.#rescanMs;
    this.#nextListAt = ended + Math.max(everyMs, (ended - started) * listingRest);
    this.#listingGapMs = Math.max(gapMs, (ended - started) * listingRest);
  }
  /** Something happened in a watched folder. */
  #changed(): void {
    this.#nextListAt = Math.min(this.#nextListAt, this.#clock.now() + this.#listingGapMs);
    if (this.#nap && this.#nextListAt < this.#nap.until) this.#nap.wake.abort();
  }

  #nextDueAt(): number {
    if (this.#retryAt > this.#clock.now()) return this.#retryAt;
    const arrivalsAt = this.#arrivals.nextLookAt() ?? this.#nextListAt;
    return Math.min(this.#nextListAt, this.#nextBeatAt, arrivalsAt, this.#tending.nextDueAt());
  }

  async #sleepUntil(until: number): Promise<void> {
    if (this.#stopped) return;
    const wake = new AbortController();
    this.#nap = { until, wake };
    // Aborted to wake it, never for another reason.
    await this.#clock.sleep(Math.max(0, until - this.#clock.now()), wake.signal).catch(() => {});
    this.#nap = null;
  }

  #failed(error: unknown): void {
    const { code, message, hint } =
      error instanceof WeirError ? error : new WeirError("inbox.trouble", this.#cannot(inPlainWords(error)));
    if (this.#trouble?.message !== message)
      this.#options.onEvent?.({ type: "trouble", error: { code, message, hint } });
    this.#trouble = { code, message, hint };
    this.#retryAt = this.#clock.now() + Math.min(this.#rescanMs, 1_000 * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
  }

  #mended(): void {
    if (this.#trouble) this.#options.onEvent?.({ type: "trouble.over" });
    this.#trouble = null;
    this.#failures = 0;
    this.#retryAt = 0;
  }

  #cannot(why: string): string {
    return `The inbox ${textOf(this.#root)} cannot be worked with: ${why}.`;
  }

  #workflows(): readonly string[] {
    const known = this.#options.service.workflows().map(({ name }) => name);
    const wanted = this.#options.workflows;
    return known.filter((name) => canBeClaimed(name) && (wanted === undefined || wanted.includes(name)));
  }

  #folderOf(workflow: string): Raw {
    return under(this.#root, raw(workflow));
  }

  #in(name: string): Raw {
    return under(this.#weir, raw(name));
  }
}
