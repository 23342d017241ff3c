import type { Candidate } from "../../candidates/index.ts";
import { wordsOf } from "../../ranking/labels.ts";
import type { Survey } from "../../ranking/survey.ts";

/** Where a value stands on its page, in a form that two pages of one sender share. */
export interface Mark {
  /** Words before it on its row, and above it. */
  readonly left: string;
  readonly above: string;
  /** Rows from the top and from the end. */
  readonly top: number;
  readonly end: number;
}

const wordsMax = 4;

export function markOf(candidate: Candidate, survey: Survey): Mark {
  const { left, above, prior } = survey.context(candidate);
  const upper = left.text === "" && prior.text !== "" ? prior : above;
  return {
    left: wordsOf(left.text).slice(-wordsMax).join(" "),
    above: wordsOf(upper.text).slice(0, wordsMax).join(" "),
    top: candidate.row,
    end: survey.layout.rows.length - 1 - candidate.row,
  };
}

/** How alike two places are, 0..1: the same label counts most, then the row from the top or from the end. */
export function likenessOfMarks(a: Mark, b: Mark): number {
  const label = a.left === b.left ? (a.left === "" ? 0.3 : 0.5) : 0;
  const above = a.above === b.above && a.above !== "" ? 0.15 : 0;
  const rows = Math.min(Math.abs(a.top - b.top), Math.abs(a.end - b.end));
  return label + above + 0.35 / (1 + rows);
}
