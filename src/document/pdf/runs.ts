import type { Box } from "../../core/document.ts";

/**
 * A piece of text as the file draws it: one font, one direction, a straight baseline. Coordinates are
 * PDF points of the upright page, from its top left.
 */
export interface Run {
  /** In logical order. */
  readonly text: string;
  /** Where the baseline starts. For right-to-left text this is still the left end. */
  readonly x: number;
  readonly y: number;
  /** Direction of the baseline: 0 to the right, 90 downwards, in degrees. */
  readonly angle: number;
  /** Along the baseline. */
  readonly length: number;
  /** Font size on the page. */
  readonly size: number;
  /** Height above and depth below the baseline, both positive, in shares of the size. */
  readonly ascent: number;
  readonly descent: number;
  readonly rightToLeft: boolean;
  /** The parser's name for the font. */
  readonly font: string;
  /** All characters have the same width. */
  readonly monospaced: boolean;
}

/** A stretch along a baseline, in the coordinates of its own direction: u along the text, v across it, downwards. */
export interface Stretch {
  readonly u: number;
  readonly v: number;
  readonly length: number;
  readonly above: number;
  readonly below: number;
}

/** The point (x, y) in the coordinates of a direction. */
export function intoDirection(x: number, y: number, angle: number): readonly [u: number, v: number] {
  const [cos, sin] = unit(angle);
  return [x * cos + y * sin, y * cos - x * sin];
}

/** The upright box around a stretch. */
export function boxOf({ u, v, length, above, below }: Stretch, angle: number): Box {
  const [cos, sin] = unit(angle);
  const corners = [
    [u, v - above],
    [u + length, v - above],
    [u, v + below],
    [u + length, v + below],
  ] as const;
  const xs = corners.map(([a, b]) => a * cos - b * sin);
  const ys = corners.map(([a, b]) => a * sin + b * cos);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [round(left), round(top), round(Math.max(...xs) - left), round(Math.max(...ys) - top)];
}

/** The upright box of a whole run. */
export function boxOfRun(run: Run): Box {
  const [u, v] = intoDirection(run.x, run.y, run.angle);
  return boxOf({ u, v, length: run.length, above: run.ascent * run.size, below: run.descent * run.size }, run.angle);
}

/** Exact for right angles, so that ordinary text keeps its digits. */
function unit(angle: number): readonly [cos: number, sin: number] {
  if (angle % 90 === 0) {
    const quarter = (((angle / 90) % 4) + 4) % 4;
    return (
      (
        [
          [1, 0],
          [0, 1],
          [-1, 0],
          [0, -1],
        ] as const
      )[quarter] ?? [1, 0]
    );
  }
  const radians = (angle * Math.PI) / 180;
  return [Math.cos(radians), Math.sin(radians)];
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
