import { type Baseline, type Mix, driftOf, mixHasShifted } from "../confidence/index.ts";
import type { Certificate, Decisions, Population, Profile } from "../core/index.ts";
import { schemaPath } from "../core/index.ts";
import type { Profiles } from "../ports/index.ts";
import { profileRef } from "../ports/index.ts";
import { learnedMix } from "./learned.ts";

/** Values of one sender that are looked at together, and how many it takes to judge. */
const windowMax = 60;
const windowLeast = 30;

/** After so many documents the counting of new senders begins anew, so that a late change shows. */
const mixMax = 1_000;

/**
 * Looks at the documents of each known sender as they pass through this process: where the confidences
 * of a path have moved away from those at teaching time, and downwards, what was certified about known
 * senders no longer speaks of this one, and is withdrawn for it.
 */
export class DriftWatch {
  readonly #windows = new Map<string, number[]>();
  readonly #mixes = new Map<string, Mix>();

  async note(profiles: Profiles, profile: Profile, source: number, decisions: Decisions, now: number): Promise<void> {
    const ref = profileRef(profile);
    for (const [path, { confidence, by }] of Object.entries(decisions)) {
      if (confidence === null || by === "human" || by === "cloud") continue;
      const generic = schemaPath(path);
      const baseline = baselineIn(profile, generic);
      if (!baseline) continue;
      const recent = this.#add(`${profile.workflow.name} ${ref} ${source} ${generic}`, confidence);
      if (recent.length < windowLeast || !hasSunk(baseline, recent)) continue;
      const reason = `the confidences of the last ${recent.length} documents of one sender are lower than when it was taught`;
      await profiles.withdraw(profile.workflow.name, ref, {
        path: generic,
        population: "known",
        source,
        reason,
        on: new Date(now).toISOString(),
      });
    }
  }

  /** Counts documents of new senders; where they have become more, nothing speaks of documents as they come any more. */
  async noteSender(profiles: Profiles, profile: Profile, population: Population, now: number): Promise<void> {
    const [name, ref] = [profile.workflow.name, profileRef(profile)];
    const key = `${name} ${ref}`;
    const before = this.#mixes.get(key) ?? { documents: 0, fresh: 0 };
    const recent = { documents: before.documents + 1, fresh: before.fresh + (population === "new" ? 1 : 0) };
    if (recent.documents < mixMax) this.#mixes.set(key, recent);
    else this.#mixes.delete(key);
    if (!mixHasShifted(learnedMix(profile), recent)) return;
    this.#mixes.delete(key);
    const reason = `${recent.fresh} of the last ${recent.documents} documents are of new senders, more than when it was taught`;
    const rests = ({ population: scope, threshold }: Certificate) => scope === "any" && threshold !== null;
    for (const path of new Set(profile.certificates.filter(rests).map((one) => one.path))) {
      await profiles.withdraw(name, ref, { path, population: "any", reason, on: new Date(now).toISOString() });
    }
  }

  #add(key: string, confidence: number): readonly number[] {
    const recent = [...(this.#windows.get(key) ?? []), confidence].slice(-windowMax);
    this.#windows.set(key, recent);
    return recent;
  }
}

function hasSunk(baseline: Baseline, recent: readonly number[]): boolean {
  if (!driftOf(baseline, recent).drifted) return false;
  const lowest = baseline.edges[0] ?? 0;
  const low = recent.filter((value) => value < lowest).length / recent.length;
  return low > (baseline.shares[0] ?? 0);
}

function baselineIn(profile: Profile, path: string): Baseline | null {
  const found = profile.watch.confidences[path];
  return found !== null && typeof found === "object" && "edges" in found && "shares" in found
    ? (found as Baseline)
    : null;
}
