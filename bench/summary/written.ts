import { readConfig } from "../../src/config.ts";
import { createModelHost } from "../../src/models/host.ts";
import { resolveDecoder, resolveEncoder } from "../../src/models/library.ts";
import { writeSentences } from "../../src/steps/summarize/write.ts";
import { type Trial, rouge, summarize } from "../../src/summary/index.ts";

/** What the local language model adds where it puts sentences into a note's words. */
export async function measureWriting(trials: readonly Trial[], decoder: string | null): Promise<string> {
  const settings = { cacheFolder: readConfig().cacheDir, decoder, encoder: null };
  const model = createModelHost({
    files: { decoder: () => resolveDecoder(settings), encoder: () => resolveEncoder(settings) },
  });
  const { decoder: about } = await model.describe();
  let [sentences, refused, before, after, generated] = [0, 0, 0, 0, 0];
  for (const { example, model: weights } of trials) {
    const own = summarize(example.lines, weights, { share: 0.45 }).sentences;
    const outcome = await writeSentences(own, example.lines, {
      model,
      signal: new AbortController().signal,
      count: (tokens) => void (generated += tokens.generated),
    });
    const scoreOf = (some: readonly { readonly text: string }[]) =>
      rouge(some.map(({ text }) => text).join("\n"), example.note).rouge1;
    sentences += own.length;
    refused += outcome.refused;
    before += scoreOf(own) / trials.length;
    after += scoreOf(outcome.sentences) / trials.length;
  }
  await model.close();
  return [
    `${about.name}, ${trials.length} visits, ${sentences} sentences, ${generated} tokens written`,
    `refused: ${refused} (${((100 * refused) / sentences).toFixed(1)} %): not said by their lines, losing what these say, too long, or not ended`,
    `ROUGE-1 ${before.toFixed(3)} in the record's own words, ${after.toFixed(3)} with what the model wrote`,
  ].join("\n");
}
