import type { State } from "./state.ts";

/** A run of a version that is not here any more, between two of its steps. */
export interface OldRun {
  readonly version: number;
  readonly hash: string;
  /** Its state; within a map that before the map. */
  readonly state: State;
  /** The steps it took, in order. */
  readonly done: readonly string[];
}

/** Where a run goes on in the version that is here. */
export interface MigratedRun {
  readonly state: State;
  /** The step of this version that counts as its last; null: it begins anew. */
  readonly after: string | null;
}

/**
 * Takes over a run of an earlier version; null: it cannot. Pure: called again after a crash, it says
 * the same.
 */
export type Migrate = (old: OldRun) => MigratedRun | null;
