import { type Ground, House, type Kind } from "../house.ts";
import type { Verdict } from "../verdict.ts";

/** One way in which things go wrong. */
export interface Fault {
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** How long until work goes on, at most, milliseconds. */
  recoveryMsMost(kind: Kind): number;
  /** Lets documents go through a house while it goes wrong. @param random numbers in 0..1 */
  trial(ground: Ground, random: () => number): Promise<Trial>;
}

export interface Trial extends Verdict {
  readonly documents: number;
  /** Whether it did go wrong while there was work. */
  readonly struck: boolean;
  /** From the end of the trouble, or the kill, to the work that went on; null: nothing was left to go on with. */
  readonly recoveryMs: number | null;
}

/** How long the runs of a process that is gone are left alone, in the trials that wait for it. */
export const leaseMs = 3_000;

export const documents = 10;

export async function inHouse(
  ground: Ground,
  work: (house: House) => Promise<Pick<Trial, "struck" | "recoveryMs">>,
  data?: string,
): Promise<Trial> {
  const house = await House.open(ground, data);
  try {
    const told = await work(house);
    return { documents, ...told, ...(await house.verdict(documents)) };
  } finally {
    await house.close();
  }
}
