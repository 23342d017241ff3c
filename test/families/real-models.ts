import { beforeAll, describe, expect, test } from "vitest";
import { createModelHost, type LocalModel } from "../../src/models/host.ts";
import { resolveEncoder } from "../../src/models/library.ts";
import { modelSuite } from "../../src/testing/model.ts";
import { modelSettings } from "../setup/models.ts";
import { fetchGemma } from "./gemma.ts";

/** What every model adapter promises, with the weights of another family; `npm run test:families`. */

let gemma: Awaited<ReturnType<typeof fetchGemma>>;
beforeAll(async () => {
  gemma = await fetchGemma(modelSettings.cacheFolder);
}, 600_000);

const host = (): LocalModel =>
  createModelHost({
    files: {
      decoder: async () => ({ name: "gemma-3-270m", role: "decoder" as const, ...gemma }),
      encoder: () => resolveEncoder(modelSettings),
    },
    timeoutMs: 300_000,
  });

describe("gemma-3-270m", () => {
  modelSuite({ create: host, timeoutMs: 300_000 });

  test("reads values off a page by quoting it", { timeout: 300_000 }, async () => {
    const model = host();
    const passages = ["Corner Bakery, 12 Mill Lane", "Cause of the complaint: a hair in the loaf", "TOTAL 7.90"];
    const { quotes } = await model.quote({
      document: passages.join("\n"),
      question: "What is the cause of the complaint?",
      lead: "The cause of the complaint is",
      passages,
    });
    const [best] = quotes.map(({ passage, start, end }) => passages[passage]?.slice(start, end));
    expect(best).toContain("hair");
    await model.close();
  });
});
