import { expect, test } from "vitest";
import { createIntake } from "./intake.ts";
import { manualClock } from "./testing/manual-clock.ts";

/** @param state what the queue and the disk hold; a test changes it */
function intake(state: { waiting: number; bytes: number | Error }) {
  const clock = manualClock();
  const depth = async () => ({ due: state.waiting, later: 0, held: 0 });
  const freeBytes = async () => {
    if (state.bytes instanceof Error) throw state.bytes;
    return state.bytes;
  };
  return { clock, intake: createIntake({ queue: { depth }, clock, queueMax: 3, diskFreeMin: 100, freeBytes }) };
}

test("as many documents are taken as the queue may hold, then none until some were worked off", async () => {
  const state = { waiting: 1, bytes: 1e9 };
  const { clock, intake: door } = intake(state);
  expect(await door.room()).toEqual({ documents: 2, problem: null });
  await door.admit();
  await door.admit();
  await expect(door.admit()).rejects.toMatchObject({ code: "queue.full", retryAfterMs: 5_000 });
  expect(await door.room()).toMatchObject({ documents: 0, problem: { code: "queue.full" } });
  state.waiting = 2;
  await clock.advance(1_000);
  await door.admit();
  await expect(door.admit()).rejects.toMatchObject({ code: "queue.full" });
});

test("with little space left on the disk nothing is taken, and it goes on by itself when there is more", async () => {
  const state: { waiting: number; bytes: number | Error } = { waiting: 0, bytes: 99 };
  const { intake: door } = intake(state);
  await expect(door.admit()).rejects.toMatchObject({ code: "store.full" });
  await expect(door.wantSpace()).rejects.toMatchObject({ code: "store.full" });
  expect(await door.room()).toMatchObject({ documents: 0, problem: { code: "store.full" } });
  state.bytes = 100;
  await door.admit();
  state.bytes = new Error("the disk is gone");
  await expect(door.admit()).rejects.toMatchObject({ code: "store.unwritable" });
});

test("a full queue does not keep those from working who work on documents at once", async () => {
  const { intake: door } = intake({ waiting: 3, bytes: 1e9 });
  await expect(door.wantSpace()).resolves.toBeUndefined();
});
