import type { Line } from "weir";

/** A stretch of a line that says something: its offsets in the line's text. */
export interface Stretch {
  readonly line: Line;
  readonly start: number;
  readonly end: number;
}

export const textOf = ({ line, start, end }: Stretch) => line.text.slice(start, end);

/** The part between two offsets of a stretch's own text. */
export function within({ line, start }: Stretch, from: number, to: number): Stretch {
  return { line, start: start + from, end: start + to };
}

/** Words of a stretch, from an offset of its text on; undefined where they do not stand there. */
export function wordsIn(stretch: Stretch, words: string | undefined, from = 0): Stretch | undefined {
  const at = words ? textOf(stretch).indexOf(words, from) : -1;
  return words && at >= 0 ? within(stretch, at, at + words.length) : undefined;
}
