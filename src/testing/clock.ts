import { describe, expect, it } from "vitest";
import type { Clock } from "../ports/index.ts";

/** What every clock of the machine promises. @param clock runs by itself */
export function clockSuite(name: string, clock: Clock): void {
  describe(`clock: ${name}`, () => {
    it("counts milliseconds since 1970 and never backwards", async () => {
      const before = clock.now();
      await clock.sleep(5);
      expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
      expect(clock.now()).toBeGreaterThanOrEqual(before);
    });

    it("draws numbers in 0..1 that differ", () => {
      const drawn = Array.from({ length: 200 }, () => clock.random());
      expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(190);
    });

    it("wakes a sleeper with the signal's reason when it is aborted", async () => {
      const controller = new AbortController();
      const asleep = clock.sleep(60_000, controller.signal);
      const reason = new Error("enough");
      controller.abort(reason);
      await expect(asleep).rejects.toBe(reason);
    });

    it("does not fall asleep under a signal that is aborted already", async () => {
      const reason = new Error("too late");
      await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
