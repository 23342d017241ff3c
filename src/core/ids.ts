import { decodeTime, monotonicFactory } from "ulid";

/** Makes ULIDs that sort by time and never repeat within a process. */
export type IdSource = () => string;

/**
 * @param now milliseconds since 1970
 * @param random in 0..1, at least as good as crypto for ids that leave the machine
 */
export function idSource(now: () => number, random: () => number): IdSource {
  const next = monotonicFactory(random);
  return () => next(now());
}

/** When an id was made, milliseconds since 1970. */
export function idTime(id: string): number {
  return decodeTime(id);
}
