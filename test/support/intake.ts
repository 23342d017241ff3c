import type { Queue } from "../../src/ports/index.ts";
import { type Intake, type IntakeOptions, createIntake } from "../../src/intake.ts";
import { systemClock } from "../../src/stores/clock.ts";

/** What a service takes in tests: as much as it likes, unless told otherwise. */
export function testIntake(queue: Pick<Queue, "depth">, options: Partial<IntakeOptions> = {}): Intake {
  const freeBytes = async () => 1e12;
  return createIntake({ queue, clock: systemClock, queueMax: 1e6, diskFreeMin: 1e8, freeBytes, ...options });
}

export const noPurge = () => Promise.reject(new Error("nothing is erased in this test"));
