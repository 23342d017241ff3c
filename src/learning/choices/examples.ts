import type { ExampleProblem } from "../../core/index.ts";

/** Which labelled messages can be learned from. */

export interface LabelledMessage {
  readonly id: string;
  readonly text: string;
  readonly choice: string;
}

export interface Sorted {
  /** Positions of those to learn from. */
  readonly usable: readonly number[];
  readonly choices: readonly string[];
  readonly problems: readonly ExampleProblem[];
}

/**
 * Leaves out what contradicts itself: one text with two answers. Choices with a single message are
 * learned from and listed, since nothing can be promised about them.
 */
export function sortExamples(path: string, examples: readonly LabelledMessage[]): Sorted {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  const texts = examples.map(({ text }) => bare(text));
  const byText = Map.groupBy(examples.keys(), (at) => texts[at] ?? "");
  const problems: ExampleProblem[] = [];
  const usable: number[] = [];
  for (const [at, { id, choice }] of examples.entries()) {
    const other = byText.get(texts[at] ?? "")?.find((one) => examples[one]?.choice !== choice);
    if (texts[at] === "") problems.push({ example: id, path, message: "the message holds no words" });
    else if (other !== undefined) {
      const { id: otherId = "", choice: otherChoice = "" } = examples[other] ?? {};
      problems.push({
        example: id,
        path,
        message: `the same text is "${choice}" here and "${otherChoice}" in example ${otherId}: decide which is right`,
      });
    } else usable.push(at);
  }
  const byChoice = Map.groupBy(usable, (at) => examples[at]?.choice ?? "");
  for (const [choice, places] of byChoice) {
    if (places.length > 1) continue;
    const example = examples[places[0] ?? -1]?.id ?? "";
    problems.push({ example, path, message: `it is the only example of "${choice}": give at least two` });
  }
  return { usable, choices: [...byChoice.keys()].toSorted(), problems };
}
