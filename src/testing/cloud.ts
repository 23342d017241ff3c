import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../core/index.ts";
import { Postponed } from "../core/index.ts";
import { type Cloud, type CloudQuestion, noCloudUse } from "../ports/index.ts";

/** A cloud whose provider does as the suite says. */
export interface CloudUnderTest {
  readonly cloud: Cloud;
  /** What the provider answers from now on. */
  reply(answer: Json | "unavailable"): void;
  /** How often the provider was asked. */
  asked(): number;
  /** Another process on the same ledger. */
  again(): Promise<Cloud>;
  close(): Promise<void>;
}

const question: CloudQuestion = {
  key: "run-1/escalate",
  run: "run-1",
  workflow: "invoice",
  paths: ["total"],
  instruction: "Say what stands on the page.",
  text: "Total 12.50",
  schema: {
    type: "object",
    properties: { total: { type: "string" } },
    required: ["total"],
    additionalProperties: false,
  },
  answerTokensMax: 50,
  budget: { whenOver: "review" },
  patienceMs: 3_600_000,
};
const never = () => ({ signal: new AbortController().signal });

/** What every way to a stronger model promises. */
export function cloudSuite(name: string, create: () => Promise<CloudUnderTest>): void {
  describe(`cloud: ${name}`, () => {
    let under: CloudUnderTest;
    beforeEach(async () => {
      under = await create();
      under.reply({ total: "12.50" });
    });
    afterEach(async () => await under.close());

    it("has a name of provider and model, and a price", () => {
      expect(under.cloud.name).toMatch(/^[\w-]+:.+/);
      expect(under.cloud.price.promptNano).toBeGreaterThanOrEqual(0);
      expect(under.cloud.price.completionNano).toBeGreaterThanOrEqual(0);
    });

    it("answers in the form that was asked for, and says what it took", async () => {
      expect(await under.cloud.used(question.key)).toEqual(noCloudUse);
      expect((await under.cloud.ask(question, never())).value).toEqual({ total: "12.50" });
      const used = await under.cloud.used(question.key);
      expect(used.calls).toBe(1);
      for (const amount of [used.promptTokens, used.completionTokens, used.bytesOut]) expect(amount).toBeGreaterThan(0);
    });

    it("never asks again what was answered, in this process or another", async () => {
      await under.cloud.ask(question, never());
      const used = await under.cloud.used(question.key);
      under.reply({ total: "99.99" });
      const other = await under.again();
      for (const cloud of [under.cloud, other]) {
        expect((await cloud.ask(question, never())).value).toEqual({ total: "12.50" });
      }
      expect(under.asked()).toBe(1);
      expect(await other.used(question.key)).toEqual(used);
    });

    it("puts a question off while its provider is not there", async () => {
      under.reply("unavailable");
      await expect(under.cloud.ask(question, never())).rejects.toBeInstanceOf(Postponed);
    });

    it("asks nothing beyond a budget", async () => {
      const budget = { whenOver: "review", document: { tokens: 1 } } as const;
      await expect(under.cloud.ask({ ...question, budget }, never())).rejects.toMatchObject({ code: "cloud.budget" });
      expect(under.asked()).toBe(0);
    });

    it("asks nothing once it is told to stop, and gives the reason", async () => {
      const reason = new Error("The lease is lost.");
      await expect(under.cloud.ask(question, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(under.asked()).toBe(0);
    });
  });
}
