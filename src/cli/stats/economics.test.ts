import { expect, test } from "vitest";
import { readPrices } from "../../cloud/index.ts";
import { economicsText } from "../render/economics.ts";
import { economicsOf } from "./economics.ts";
import type { WorkflowStats } from "./tally.ts";

const fates = { n: 1_000, accepted: 900, cloud: 60, person: 40, waiting: 0, empty: 0 };
const stats: WorkflowStats = {
  name: "bill",
  runs: {} as WorkflowStats["runs"],
  documents: fates,
  all: fates,
  paths: {},
  secondsMedian: 1,
  tokens: {
    allCloud: { prompt: 2_000_000, completion: 200_000 },
    sent: { prompt: 20_000, completion: 1_000, bytes: 90_000 },
  },
  cloudCost: 0.01,
};
const prices = {
  on: "2026-01-31",
  currency: "EUR",
  models: { "openai:small": { prompt: 0.5, completion: 2 }, "openai:small-x": { prompt: 9, completion: 9 } },
  otherwise: { prompt: 5, completion: 20 },
  serverHour: 0.1,
};

test("what all in the cloud would have taken, and from when on the machine pays", () => {
  const found = economicsOf(stats, prices, "openai:small-2026");
  // 2 M tokens in at 0.50 and 0.2 M out at 2.00.
  expect(found.allCloudCost).toBeCloseTo(1.4, 9);
  expect(found.saved).toBeCloseTo(1 - 0.01 / 1.4, 9);
  expect(found.serverMonth).toBeCloseTo(73, 9);
  // 73 a month by 0.00139 a document.
  expect(found.breakEvenDocuments).toBe(Math.ceil(73 / (1.39 / 1_000)));
});

test("a model without a price is priced high rather than low; nothing saved never pays", () => {
  expect(economicsOf(stats, prices, null).allCloudCost).toBeCloseTo(14, 9);
  // "small" and "small-x" are listed, dates of theirs too; what only begins so is another model.
  for (const [model, isListed] of [
    ["openai:small", true],
    ["openai:small-2026-05-01", true],
    ["openai:small-latest", true],
    ["openai:small-pro", false],
    ["openai:small.5", false],
  ] as const) {
    expect(economicsOf(stats, prices, model)).toMatchObject({ model, isListed });
  }
  const unknown = economicsOf(stats, prices, "openai:small.5");
  expect(unknown.allCloudCost).toBeCloseTo(14, 9);
  expect(economicsText([unknown]).join("\n")).toContain("openai:small.5 is not on the price list of 2026-01-31");
  expect(economicsOf({ ...stats, cloudCost: 99 }, prices, null).breakEvenDocuments).toBeNull();
});

test("the prices that come along are dated and complete", async () => {
  const shipped = await readPrices(null);
  expect(shipped.on).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(Object.keys(shipped.models).length).toBeGreaterThan(10);
  const providers = new Set(Object.keys(shipped.models).map((name) => name.split(":")[0]));
  expect(new Set(Object.keys(shipped.sources ?? {}))).toEqual(providers);
  const dearest = Math.max(...Object.values(shipped.models).map(({ prompt }) => prompt));
  expect(shipped.otherwise.prompt).toBeGreaterThan(dearest / 4);
  await expect(readPrices("/nowhere/prices.json")).rejects.toMatchObject({ code: "config.invalid" });
});
