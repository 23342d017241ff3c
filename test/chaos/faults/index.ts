export { type Fault, type Trial } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { atPoints, atRandom, blocked, modelHost, oneOfTwo } from "./kills.ts";
import { clocksApart, diskFull, postgresAway, redisAway, twoEngines } from "./surroundings.ts";

/** Those that are tried as often as was asked for, dealt out among them. */
export const kills: readonly Fault[] = [...atPoints, atRandom];

/** Those that take seconds each: tried a few times. */
export const troubles: readonly Fault[] = [
  oneOfTwo,
  modelHost,
  blocked,
  diskFull,
  postgresAway,
  redisAway,
  clocksApart,
  twoEngines,
];
