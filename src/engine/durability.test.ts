import { type FileHandle, open } from "node:fs/promises";
import { afterEach, expect, it, vi } from "vitest";
import { testEngine } from "../../test/support/engine.ts";
import type { Start } from "../ports/index.ts";
import { workflow } from "./flow.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("a run is brought onto the disk when it is taken in and after each step, before the next begins, and no more often", async () => {
  await using probe = await open(import.meta.filename);
  const syncs = vi.spyOn(Object.getPrototypeOf(probe) as Pick<FileHandle, "datasync">, "datasync");
  const before: number[] = [];
  const note = (state: Start) => {
    before.push(syncs.mock.calls.length);
    return state;
  };
  const { definition } = ["one", "two", "three"].reduce(
    (flow, name) => flow.step(name, note),
    workflow("noted", { version: 1 }),
  );
  const made = await testEngine({ workflows: [definition] });
  const id = await made.submit(definition);
  expect(syncs).toHaveBeenCalledTimes(1);
  expect(await made.finish(id)).toMatchObject({ status: "succeeded" });
  expect(before).toEqual([1, 2, 3]);
  expect(syncs).toHaveBeenCalledTimes(4);
  await made.close();
});
