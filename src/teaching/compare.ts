import { asTheyCome } from "./lessons.ts";
import { type Decisions, type Json, type OutOfFold, sameValue } from "../core/index.ts";

/** Two lessons on the same labels that neither has seen. */
export interface Comparison {
  /** Labels compared. */
  readonly labels: number;
  readonly documents: number;
  /** Right answers of the profile in use, and of the new one. */
  readonly before: number;
  readonly after: number;
}

/** The new lesson's answer to each example that has one from a reader that did not see it. */
export interface Unseen {
  readonly example: string;
  readonly truth: Readonly<Record<string, Json>>;
  /** What the profile in use says about it. */
  readonly answers: Decisions;
}

/** Compares on the labels for which the new lesson has an answer by readers that had not seen them. */
export function compare(unseen: readonly Unseen[], outOfFold: readonly OutOfFold[]): Comparison {
  const rows = new Map(asTheyCome(outOfFold).map((row) => [`${row.example}\n${row.path}`, row]));
  const documents = new Set<string>();
  let [labels, before, after] = [0, 0, 0];
  for (const { example, truth, answers } of unseen) {
    for (const [path, label] of Object.entries(truth)) {
      const row = rows.get(`${example}\n${path}`);
      if (!row) continue;
      documents.add(example);
      const answer = answers[path];
      labels += 1;
      after += row.right ? 1 : 0;
      before += answer && sameValue(answer.value, label) ? 1 : 0;
    }
  }
  return { labels, documents: documents.size, before, after };
}
