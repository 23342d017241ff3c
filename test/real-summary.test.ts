import { afterAll, expect, test } from "vitest";
import { createModelHost } from "../src/models/host.ts";
import { resolveDecoder, resolveEncoder } from "../src/models/library.ts";
import { writeSentences } from "../src/steps/summarize/write.ts";
import { type Sentence, alignmentMin, alignmentOf, supportOf } from "../src/summary/index.ts";
import { modelSettings } from "./setup/models.ts";

const model = createModelHost({
  files: { decoder: () => resolveDecoder(modelSettings), encoder: () => resolveEncoder(modelSettings) },
});
afterAll(async () => await model.close());

const lines = [
  "[doctor] i wan na go ahead and start you on prednisone 40 milligrams a day for five days",
  "[patient] i've had this cough for two weeks , no fever",
].map((text) => ({ text }));

const own = [
  "Start you on prednisone 40 milligrams a day for five days.",
  "Patient: Had this cough for two weeks, no fever.",
];
const sentences = own.map((text, line): Sentence => ({
  text,
  title: "Plan",
  pieces: [{ line, start: 0, end: 1 }],
  worth: 1,
  chance: 0.5,
  confidence: null,
  support: 1,
  alignment: 1,
}));

test(
  "whatever the real model writes, only what the lines say comes into the summary",
  { timeout: 240_000 },
  async () => {
    let tokens = 0;
    const { sentences: written, refused } = await writeSentences(sentences, lines, {
      model,
      signal: new AbortController().signal,
      count: (used) => void (tokens += used.generated),
    });
    expect(tokens + refused).toBeGreaterThan(0);
    for (const [at, sentence] of written.entries()) {
      const source = [lines[at]?.text ?? ""];
      expect(sentence.written || sentence.text === own[at]).toBe(true);
      expect(supportOf(sentence.text, source).problems).toEqual([]);
      expect(alignmentOf(sentence.text, source)).toBeGreaterThanOrEqual(alignmentMin);
    }
  },
);
