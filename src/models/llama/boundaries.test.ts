import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { families, randomModel } from "../../../test/support/random-model.ts";
import { modelSettings } from "../../../test/setup/models.ts";
import { resolveDecoder } from "../library.ts";
import { PromptTemplate } from "./prompt.ts";
import { piecesOf } from "./source.ts";

/**
 * What is put into the model's mouth and what it is scored on must be cut into tokens as the whole would be: across
 * a boundary that no text of its training has, its probabilities mean little.
 */
const words = "total Total 7.90 12.50 2026-03-14 € GmbH Müller & Söhne 東京 No. 4711/B (net) the the  a\tb née x".split(
  " ",
);
const leads = ["The total is", "The invoice number is", "The name of the seller is", '"7.90" is the'];

/** Every option of up to three words, some hundred of them. */
const options = words
  .flatMap((one, at) => [one, `${one} ${words[(at * 7 + 3) % words.length]}`, `${one}-${at} ${one}`])
  .filter((option) => option.trim() !== "");

let folder: string;
let llama: Llama;
const models = new Map<string, LlamaModel>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-tokens-"));
  // The test of the binary would inherit what this process was started with.
  const execArgv = process.execArgv.splice(0);
  llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error });
  process.execArgv.push(...execArgv);
  for (const family of families) {
    const modelPath = join(folder, `${family}.gguf`);
    await randomModel(modelPath, family);
    models.set(family, await llama.loadModel({ modelPath, vocabOnly: true }));
  }
  const { path } = await resolveDecoder(modelSettings);
  models.set("the default decoder", await llama.loadModel({ modelPath: path, vocabOnly: true }));
});
afterAll(async () => {
  await llama.dispose();
  await rm(folder, { recursive: true });
});

describe.each([...families, "the default decoder"])("the tokens of %s", (name) => {
  test("of a lead and an option are those of the sentence they make", () => {
    const model = models.get(name);
    if (model === undefined) throw new Error("no model");
    const template = new PromptTemplate(model);
    const split = leads.flatMap((lead) =>
      options.filter((option) => {
        const parts = [...template.leadTokens(lead), ...template.optionTokens(option, lead, 1_000).slice(0, -1)];
        const whole = model.tokenize(`${lead} ${option}`, false, "trimLeadingSpace");
        return parts.join() !== whole.join();
      }),
    );
    expect(split).toEqual([]);
  });

  test("of a quote, piece by piece, are those of the sentence it makes", () => {
    const model = models.get(name);
    if (model === undefined) throw new Error("no model");
    const template = new PromptTemplate(model);
    const passages = options.map((option, at) => `${option} ${options[(at * 5 + 1) % options.length]}, (${option}).`);
    const pieces = piecesOf(passages);
    const split = pieces.flatMap((first, from) => {
      if (!first.opens) return [];
      const tokens = template.wordTokens(first.text);
      const found: string[] = [];
      for (let at = from + 1; pieces[at]?.goesOn === true && at < from + 4; at++) {
        const { text = "", spaced = false, end = 0 } = pieces[at] ?? {};
        tokens.push(...(spaced ? template.wordTokens(text) : template.leadTokens(text)));
        const value = passages[first.passage]?.slice(first.start, end).replaceAll(/\s+/g, " ") ?? "";
        if (tokens.join() !== template.wordTokens(value).join()) found.push(value);
      }
      return found;
    });
    expect(pieces.length).toBeGreaterThan(400);
    expect(split).toEqual([]);
  });

  test("of a document are the same whatever is asked about it, up to where they are kept", () => {
    const model = models.get(name);
    if (model === undefined) throw new Error("no model");
    const template = new PromptTemplate(model);
    for (const option of options) {
      const document = `${option}\n${options.slice(0, 9).join("\n")}`;
      const asked = ["What is the total?", "7?", " who", "\nWhat"].map((question) =>
        template.prompt({ document, question }),
      );
      for (const { tokens, keptTokens } of asked) {
        expect(keptTokens).toBeGreaterThan(10);
        expect(tokens.slice(0, keptTokens)).toEqual(asked[0]?.tokens.slice(0, keptTokens));
      }
    }
  });
});
