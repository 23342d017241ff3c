import { describe, expect, it } from "vitest";
import type { Decision, Json } from "../core/index.ts";
import { takeRun } from "./storage.ts";
import type { StoreFixture } from "./store.ts";

function human(value: Json): Decision {
  return { value, confidence: null, status: "accepted", by: "human", source: [], alternatives: [], evidence: {} };
}

export function reviewPromises(fixture: () => StoreFixture): void {
  describe("reviews", () => {
    it("opens with the change that parks the run", async () => {
      const { storage, add, work, eventsOf } = fixture();
      await add("r1");
      const draft = { decisions: { total: human("1.00") }, doubts: [], optional: [] };
      await work({ review: { step: "review" }, draft });
      expect(await storage.store.runs.get("r1")).toMatchObject({ status: "review", draft });
      expect(await storage.store.reviews.get("r1")).toMatchObject({
        status: "open",
        step: "review",
        version: 1,
        decisions: {},
      });
      expect(await storage.queue.depth()).toEqual({ due: 0, later: 0, held: 0 });
      expect((await eventsOf("r1")).at(-1)).toBe("review.opened");
    });

    it("knows no review of a run that never needed one", async () => {
      const { storage, add } = fixture();
      await add("r1");
      expect(await storage.store.reviews.get("r1")).toBeNull();
      await expect(storage.store.reviews.finish("r1", 1, {})).rejects.toMatchObject({ code: "review.conflict" });
      await expect(storage.store.reviews.finish("r2", 1, {})).rejects.toMatchObject({ code: "run.unknown" });
    });

    it("saves answers without finishing and counts its version up", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await work({ review: { step: "review" } });
      expect(await storage.store.reviews.save("r1", 1, { total: human("1.00") })).toMatchObject({ version: 2 });
      expect(await storage.store.reviews.save("r1", 2, { tax: human("0.10") })).toMatchObject({
        version: 3,
        status: "open",
        decisions: { total: { value: "1.00" }, tax: { value: "0.10" } },
      });
      expect(await storage.store.runs.get("r1")).toMatchObject({ status: "review" });
    });

    it("lets only one of two people win who saw the same version", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await work({ review: { step: "review" } });
      const conflict = { code: "review.conflict" };
      const both = await Promise.allSettled([
        storage.store.reviews.finish("r1", 1, { total: human("1.00") }),
        storage.store.reviews.finish("r1", 1, { total: human("2.00") }),
      ]);
      // Whoever came first.
      const [winner] = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(both.filter((one) => one.status === "rejected")).toMatchObject([{ reason: conflict }]);
      await expect(storage.store.reviews.save("r1", 1, {})).rejects.toMatchObject(conflict);
      await expect(storage.store.reviews.save("r1", 2, {})).rejects.toMatchObject(conflict);
      expect(await storage.store.reviews.get("r1")).toEqual(winner);
    });

    it("queues the run when it is finished, in another lane if asked", async () => {
      const { storage, add, work, eventsOf } = fixture();
      await add("r1");
      await work({ review: { step: "review" } });
      expect(await storage.store.reviews.finish("r1", 1, {}, "people")).toMatchObject({ status: "finished" });
      expect(await storage.store.runs.get("r1")).toMatchObject({ status: "queued", lane: "people" });
      expect(await storage.queue.nextDueAt("people")).not.toBeNull();
      expect((await eventsOf("r1")).at(-1)).toBe("review.finished");
    });

    it("keeps earlier answers in force when a later step asks again", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await work({ review: { step: "by route" } });
      await storage.store.reviews.finish("r1", 1, { route: human("claims") });
      await work({ review: { step: "review" } });
      const review = await storage.store.reviews.get("r1");
      expect(review).toMatchObject({ step: "review", status: "open", decisions: { route: { value: "claims" } } });
      await expect(storage.store.reviews.finish("r1", 1, {})).rejects.toMatchObject({ code: "review.conflict" });
      await storage.store.reviews.finish("r1", review?.version ?? 0, {});
    });

    it("refuses answers to a run that was cancelled meanwhile", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await work({ review: { step: "review" } });
      await storage.store.runs.cancel("r1");
      await expect(storage.store.reviews.finish("r1", 1, {})).rejects.toMatchObject({ code: "review.conflict" });
      await storage.store.runs.retry("r1");
      const held = await takeRun(storage);
      await storage.store.runs.commit(held, { review: { step: "review" } });
      expect((await storage.store.reviews.listOpen({})).reviews).toHaveLength(1);
    });

    it("lists what is open, oldest run first, in pages", async () => {
      const { storage, add, work } = fixture();
      for (const id of ["r1", "r2", "r3"]) {
        await add(id);
        await work({ review: { step: "review" } });
      }
      await storage.store.reviews.finish("r2", 1, {});
      const first = await storage.store.reviews.listOpen({ limit: 1 });
      expect(first.reviews.map((review) => review.runId)).toEqual(["r1"]);
      const second = await storage.store.reviews.listOpen({ limit: 1, cursor: first.cursor ?? "" });
      expect(second).toMatchObject({ reviews: [{ runId: "r3" }], cursor: null });
    });
  });
}
