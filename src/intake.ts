import { WeirError, asWeirError, writtenBytes } from "./core/index.ts";
import type { Clock, Queue, Room } from "./ports/index.ts";

export interface IntakeOptions {
  readonly queue: Pick<Queue, "depth">;
  readonly clock: Clock;
  /** Documents that may wait or be worked on before no more are taken. */
  readonly queueMax: number;
  /** Below so many free bytes on the disk of the data folder no document is taken. */
  readonly diskFreeMin: number;
  readonly freeBytes: () => Promise<number>;
}

/** Whether documents are taken now. */
export interface Intake {
  /** How many more, and why no more. */
  room(): Promise<Room>;
  /** Counts one in. @throws WeirError `queue.full`, `store.full`, `store.unwritable` */
  admit(): Promise<void>;
  /** Bytes; null: the system does not say. */
  diskFree(): Promise<number | null>;
  /** Leaves the queue out: whoever works on documents at once needs the disk alone. @throws WeirError `store.*` */
  wantSpace(): Promise<void>;
}

/** How long what was counted stands; what this process has taken since is added. */
const countedMs = 1_000;
/** When it is worth asking again. */
const retryAfterMs = 5_000;

/**
 * Keeps the queue from growing without end, and the disk from filling up. Several processes count each
 * for itself: together they may take in a second's worth of documents too many.
 */
export function createIntake({ queue, clock, queueMax, diskFreeMin, freeBytes }: IntakeOptions): Intake {
  let counted = { at: -Infinity, free: 0 };
  const free = async () => {
    const now = clock.now();
    if (now - counted.at >= countedMs || now < counted.at) {
      const { due, later, held } = await queue.depth();
      counted = { at: now, free: queueMax - due - later - held };
    }
    return Math.max(0, counted.free);
  };
  const diskProblem = async () =>
    await freeBytes().then(
      (bytes) => (bytes < diskFreeMin ? diskLow(bytes, diskFreeMin) : null),
      (error: unknown) => asWeirError(error, "store.unwritable"),
    );
  const wantSpace = async () => {
    const problem = await diskProblem();
    if (problem) throw problem;
  };
  return {
    room: async () => {
      const problem = await diskProblem();
      if (problem) return { documents: 0, problem: problem.info() };
      const documents = await free();
      return { documents, problem: documents > 0 ? null : queueFull(queueMax).info() };
    },
    admit: async () => {
      await wantSpace();
      if ((await free()) === 0) throw queueFull(queueMax);
      counted = { ...counted, free: counted.free - 1 };
    },
    diskFree: async () => await freeBytes().catch(() => null),
    wantSpace,
  };
}

function queueFull(most: number): WeirError {
  return new WeirError("queue.full", `The queue is full: ${most} documents wait or are being worked on.`, {
    retryAfterMs,
  });
}

function diskLow(bytes: number, least: number): WeirError {
  return new WeirError(
    "store.full",
    `The disk of the data folder has ${writtenBytes(bytes)} left; below ${writtenBytes(least)} nothing is taken.`,
    {
      hint: "Free some space, or have less kept (`weir prune`). Nothing was lost, and it goes on by itself.",
      retryAfterMs,
    },
  );
}
