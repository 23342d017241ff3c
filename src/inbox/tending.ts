import type { ErrorInfo, IdSource } from "../core/index.ts";
import type { Clock } from "../ports/index.ts";
import type { Arrivals } from "./arrivals.ts";
import { list, remove } from "./disk.ts";
import { type InboxEvent, fileOf, newsOf } from "./events.ts";
import { type Raw, under } from "./names.ts";
import type { Owner } from "./owner.ts";
import { type Held, type TendOptions, heldClaim, isActive, tend } from "./tend.ts";

export interface TendingOptions extends TendOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly owner: Owner;
  readonly arrivals: Arrivals;
  readonly inFlightMax: number;
  readonly tell: (event: InboxEvent) => void;
}

/** Each holds a document in memory. */
const submissionsAtOnce = 2;
const looksAtOnce = 8;
/** A pass stays short, so that new files and the sign of life do not wait for it. */
const tendedAPass = 200;
/** How long the service's word that it takes none stands. */
const refusedMs = 5_000;

/** All claims of this process, from taking the file to its rest. */
export class Tending {
  readonly #options: TendingOptions;
  readonly #held = new Map<string, Held>();
  #refusal: ErrorInfo | null = null;
  #askAgainAt = 0;

  constructor(options: TendingOptions) {
    this.#options = options;
  }

  get held(): ReadonlyMap<string, Held> {
    return this.#held;
  }

  /** Why no file is taken, although there may be some. */
  get refusal(): ErrorInfo | null {
    return this.#refusal;
  }

  /** Brings what is known in line with the folder, and takes over what the dead have left. */
  async reconcile(): Promise<void> {
    const { claims, owner, clock } = this.#options;
    const { claims: all } = await claims.list();
    const dead = new Set<string>();
    for (const id of new Set([...all.map((claim) => claim.owner), ...(await owner.known())])) {
      if (await owner.isDead(id)) dead.add(id);
    }
    const found = new Set<string>();
    for (const claim of all) {
      const own = dead.has(claim.owner) ? await claims.takeOver(claim) : claim;
      if (own?.owner !== owner.id) continue;
      found.add(own.id);
      if (!this.#held.has(own.id)) this.#held.set(own.id, heldClaim(own, null, clock.now()));
    }
    for (const id of this.#held.keys()) if (!found.has(id)) this.#held.delete(id);
    for (const id of dead) await this.#bury(id);
  }

  /** @param everything tend every claim, due or not */
  async pass(everything: boolean): Promise<void> {
    const now = this.#options.clock.now();
    const due = [...this.#held.values()].filter(({ dueAt }) => everything || dueAt <= now);
    await this.#tendAll(everything ? due : due.toSorted((a, b) => a.dueAt - b.dueAt).slice(0, tendedAPass));
    await this.#tendAll(await this.#take(everything));
  }

  nextDueAt(): number {
    const { arrivals } = this.#options;
    const waiting = this.#refusal !== null && arrivals.ready().length > 0 ? this.#askAgainAt : Number.POSITIVE_INFINITY;
    let next = waiting;
    for (const { dueAt } of this.#held.values()) next = Math.min(next, dueAt);
    return next;
  }

  /** Takes as many ready files as there is room for. */
  async #take(everything: boolean): Promise<readonly Held[]> {
    const { arrivals, claims, clock, ids, tell } = this.#options;
    const ready = arrivals.ready();
    const taken: Held[] = [];
    const room = ready.length === 0 ? 0 : await this.#room(everything);
    for (const arrival of ready) {
      if (taken.length >= room) break;
      const stamp = await arrivals.confirm(arrival, clock.now());
      if (stamp === null) continue;
      const { name, path, workflow } = arrival;
      const claim = await claims.take(path, { id: ids(), name, workflow });
      arrivals.forget(path);
      if (claim === null) continue;
      const held = heldClaim(claim, stamp, clock.now());
      this.#held.set(claim.id, held);
      taken.push(held);
      tell({ type: "file.taken", file: fileOf(held), workflow });
    }
    return taken;
  }

  /** How many files may be taken now: none while the store takes none. */
  async #room(everything: boolean): Promise<number> {
    const { clock, inFlightMax, service } = this.#options;
    const active = [...this.#held.values()].filter(isActive);
    const stuck = active.find(({ claim, trouble }) => claim.run === null && trouble !== null);
    if (stuck) {
      this.#refuse(stuck.trouble);
      return 0;
    }
    if (this.#refusal && !everything && clock.now() < this.#askAgainAt) return 0;
    const { documents, problem } = await service.room();
    this.#refuse(documents > 0 ? null : (problem ?? notAccepting));
    return Math.max(0, Math.min(documents, inFlightMax - active.length));
  }

  #refuse(refusal: ErrorInfo | null): void {
    const { clock, tell } = this.#options;
    if (refusal && refusal.message !== this.#refusal?.message) tell({ type: "trouble", error: refusal });
    if (!refusal && this.#refusal) tell({ type: "trouble.over" });
    this.#refusal = refusal;
    this.#askAgainAt = clock.now() + refusedMs;
  }

  async #tendAll(all: readonly Held[]): Promise<void> {
    const begun = (held: Held) => held.claim.run !== null;
    await inParallel(all.filter(begun), looksAtOnce, (held) => this.#tend(held));
    await inParallel(
      all.filter((held) => !begun(held)),
      submissionsAtOnce,
      (held) => this.#tend(held),
    );
  }

  async #tend(held: Held): Promise<void> {
    const { clock, tell } = this.#options;
    const after = await tend(held, clock.now(), this.#options);
    if ("held" in after) this.#held.set(after.held.claim.id, after.held);
    else this.#held.delete(held.claim.id);
    for (const event of newsOf(held, after)) tell(event);
  }

  /** What a dead process left besides its claims. */
  async #bury(id: string): Promise<void> {
    const { owner, places } = this.#options;
    const leftovers = ((await list(places.temporary)) ?? []).filter(({ name }) => name.endsWith(`~${id}.json`));
    for (const { name } of leftovers) await remove(under(places.temporary, name satisfies Raw));
    await owner.forget(id);
  }
}

const notAccepting: ErrorInfo = {
  code: "inbox.trouble",
  message: "No documents are taken at the moment.",
  hint: "`weir doctor` says why. Nothing is lost: the files wait.",
};

async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
