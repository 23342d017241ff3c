import { expect, test } from "vitest";
import { modelSuite } from "../testing/model.ts";
import { modelSettings } from "../../test/setup/models.ts";
import { scriptedModel } from "../testing/scripted-model.ts";
import { createModelHost } from "./host.ts";
import { priced } from "./large.ts";
import { resolveDecoder, resolveEncoder } from "./library.ts";

/** The default decoder plays the larger model, under another name. */
const files = {
  decoder: async () => ({ ...(await resolveDecoder(modelSettings)), name: "larger" }),
  encoder: () => resolveEncoder(modelSettings),
};

modelSuite({ create: () => priced(createModelHost({ files }), { hourNano: 1e8, now: Date.now }) });

test("the price of a token is what the machine costs for as long as one takes", async () => {
  let at = 0;
  const quick = scriptedModel({ score: ({ options }) => options.map(() => -1) });
  const score = quick.score.bind(quick);
  const slow = Object.assign(quick, {
    score: async (...call: Parameters<typeof score>) => {
      at += 36_000;
      return await score(...call);
    },
  });
  const model = priced(slow, { hourNano: 100_000_000, now: () => at });
  expect(model.price.promptNano).toBe(0);
  const { tokens } = await model.score({ document: "A page of ten", question: "words?", options: ["a", "b"] });
  // A hundredth of an hour.
  expect(model.price.promptNano * tokens.prompt).toBeCloseTo(1_000_000);
});
