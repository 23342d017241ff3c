import type { Result } from "./result.ts";

/** What became of a path: accepted by neither cloud nor person, by the cloud, by a person; waiting for one; given out as null. */
export const fates = ["accepted", "cloud", "person", "waiting", "empty"] as const;
export type Fate = (typeof fates)[number];

/** By path, as far as the document has come. */
export function fatesOf(result: Result): ReadonlyMap<string, Fate> {
  // Doubts are listed only while they hold the document back.
  const open = new Set(result.status === "review" ? result.doubts.flatMap(({ paths }) => paths) : []);
  const fate = (path: string, { by, status }: Result["decisions"][string]): Fate => {
    if (by === "human") return "person";
    if (status === "accepted") return by === "cloud" ? "cloud" : "accepted";
    return open.has(path) ? "waiting" : "empty";
  };
  return new Map(Object.entries(result.decisions).map(([path, decision]) => [path, fate(path, decision)]));
}
