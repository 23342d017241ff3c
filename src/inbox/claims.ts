import { InvariantBroken } from "../core/index.ts";
import type { CrashHook } from "./crash-points.ts";
import { type Entry, list, makeFolder, move, onlyFile, removeEmptyFolder } from "./disk.ts";
import { type Claim, entryOf, parseEntry, under, type Raw } from "./names.ts";
import type { Owner } from "./owner.ts";

/**
 * The folder `.weir/claimed`: what was taken and has not come to rest. It is the only record the
 * inbox keeps, and every change to it is one rename, so a crash leaves it before or after, never between.
 */
export class Claims {
  readonly #folder: Raw;
  readonly #owner: Owner;
  readonly #crash: CrashHook;

  constructor(folder: Raw, owner: Owner, crash: CrashHook) {
    this.#folder = folder;
    this.#owner = owner;
    this.#crash = crash;
  }

  /** Where the claimed file lies. */
  fileOf(claim: Claim): Raw {
    const { entry, isFolder } = entryOf(claim);
    return isFolder ? under(this.#folder, entry, claim.name) : under(this.#folder, entry);
  }

  /** Takes the file for this process, and for nobody else. @returns null when it is gone */
  async take(file: Raw, claim: Omit<Claim, "owner" | "run">): Promise<Claim | null> {
    const taken: Claim = { ...claim, owner: this.#owner.id, run: null };
    const { entry, isFolder } = entryOf(taken);
    if (isFolder) {
      await makeFolder(under(this.#folder, entry));
      await this.#crash("claim.folder-made");
    }
    const moved = await move(file, this.fileOf(taken));
    await this.#crash("claim.renamed");
    if (!moved && isFolder) await removeEmptyFolder(under(this.#folder, entry));
    return moved ? taken : null;
  }

  /** @returns null when somebody else took the claim over */
  async record(claim: Claim, run: string | null): Promise<Claim | null> {
    return await this.#rename(claim, { ...claim, run });
  }

  /** @returns null when somebody else was faster */
  async takeOver(claim: Claim): Promise<Claim | null> {
    return await this.#rename(claim, { ...claim, owner: this.#owner.id });
  }

  /** After the file has left: nothing of the claim stays. */
  async clear(claim: Claim): Promise<void> {
    const { entry, isFolder } = entryOf(claim);
    if (isFolder) await removeEmptyFolder(under(this.#folder, entry));
  }

  /** What is claimed, by whomever, and what lies there without being ours. */
  async list(): Promise<{ readonly claims: readonly Claim[]; readonly strangers: readonly Raw[] }> {
    const entries = (await list(this.#folder)) ?? [];
    const claims: Claim[] = [];
    const strangers: Raw[] = [];
    for (const entry of entries) {
      const claim = await this.#claimOf(entry);
      if (claim === "stranger") strangers.push(entry.name);
      else if (claim) claims.push(claim);
    }
    return { claims, strangers };
  }

  /** @returns null for a folder whose file has left or never came */
  async #claimOf({ name, kind }: Entry): Promise<Claim | "stranger" | null> {
    const parsed = parseEntry(name);
    if (!parsed || (kind === "folder") !== (parsed.name === null)) return "stranger";
    if (parsed.name !== null) return { ...parsed, name: parsed.name };
    const inside = await onlyFile(under(this.#folder, name));
    if (inside !== null) return { ...parsed, name: inside };
    if (await this.#isOwnOrDead(parsed.owner)) await removeEmptyFolder(under(this.#folder, name));
    return null;
  }

  async #isOwnOrDead(owner: string): Promise<boolean> {
    return owner === this.#owner.id || (await this.#owner.isDead(owner));
  }

  async #rename(from: Claim, to: Claim): Promise<Claim | null> {
    const [before, after] = [entryOf(from), entryOf(to)];
    if (parseEntry(after.entry)?.run !== to.run) throw new InvariantBroken(`"${to.run}" is no run id.`);
    return (await move(under(this.#folder, before.entry), under(this.#folder, after.entry))) ? to : null;
  }
}
