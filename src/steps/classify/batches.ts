/**
 * Texts are embedded in batches, so that progress shows and a cancelled lesson ends soon. A batch of long texts
 * holds few of them: on a busy machine too the model answers it well within its time.
 */
const textsMax = 128;
const charactersMax = 20_000;

/** @returns all texts in their order */
export function batchesOf(texts: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const last = batches.at(-1);
    if (last && last.length < textsMax && text.length <= room) {
      last.push(text);
      room -= text.length;
    } else {
      batches.push([text]);
      room = charactersMax - text.length;
    }
  }
  return batches;
}
