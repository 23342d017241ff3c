import { InvariantBroken } from "../../core/index.ts";

/**
 * Where the drafts of finished parts stand in the state: on shelves of doubling size, each a channel of
 * its own. A new draft goes onto the first empty shelf together with all that stand on the fuller ones
 * before it, as a carry does in a binary number. So a run of n parts writes each draft to the journal at
 * most log2(n) times, where one growing list would write it up to n times, and the journal, which keeps a
 * channel once a version, grows in proportion to the parts.
 */

const shelfCount = 10;

/** More would not fit on the shelves. */
export const partsMost = 2 ** shelfCount - 1;

type Shelf = `shelf ${number}`;

export const shelfNames = Array.from({ length: shelfCount }, (_, at): Shelf => `shelf ${at}`);

/** By name; the first parts are on the fullest, which is the last. */
export type Shelves<T> = Readonly<Partial<Record<Shelf, readonly T[]>>>;

/** What changes on the shelves when one more part is finished. */
export function shelved<T>(shelves: Shelves<T>, item: T): Shelves<T> {
  const first = shelfNames.findIndex((name) => (shelves[name]?.length ?? 0) === 0);
  const fuller = shelfNames.slice(0, first);
  const carried = [...fuller.toReversed().flatMap((name) => shelves[name] ?? []), item];
  const emptied = Object.fromEntries(fuller.map((name) => [name, []]));
  return { ...emptied, [shelfNames[first] ?? full()]: carried };
}

function full(): never {
  throw new InvariantBroken(`More than ${partsMost} parts.`);
}

/** Everything on the shelves, in the order in which it was put there. */
export function onShelves<T>(shelves: Shelves<T>): readonly T[] {
  return shelfNames.toReversed().flatMap((name) => shelves[name] ?? []);
}

/** How many parts are finished. */
export function shelvedCount(shelves: Shelves<unknown>): number {
  return shelfNames.reduce((count, name) => count + (shelves[name]?.length ?? 0), 0);
}

export const emptyShelves: Shelves<never> = Object.fromEntries(shelfNames.map((name) => [name, []]));
