import { estimateTokens } from "./fit.ts";

/** How much of a document a model is shown at once. */
export interface WindowSize {
  /** Tokens of a window at most, as estimated. */
  readonly tokens: number;
  /** Tokens at its end that the next window begins with, so that what stands over a cut is whole in one of them. */
  readonly overlap: number;
  /** Windows of a document that are asked at most; default 24. Of a longer one its beginning and its end are. */
  readonly most?: number;
}

/** Lines from one up to, and without, another. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Windows over all lines, in order; one where the whole fits. A line longer than a window is one of its own. */
export function windowsOf(lines: readonly string[], { tokens, overlap }: WindowSize): readonly Window[] {
  const costs = lines.map(estimateTokens);
  const windows: Window[] = [];
  for (let from = 0; from < lines.length;) {
    const to = reach(costs, from, tokens);
    windows.push({ from, to });
    if (to === lines.length) break;
    from = Math.max(from + 1, backFrom(costs, to, overlap));
  }
  return windows;
}

/** Up to where lines fit; at least one does. */
function reach(costs: readonly number[], from: number, tokens: number): number {
  let left = tokens - (costs[from] ?? 0);
  let to = from + 1;
  for (; to < costs.length && (costs[to] ?? 0) <= left; to++) left -= costs[to] ?? 0;
  return to;
}

/** Where the last lines before `to` begin that take no more than the overlap. */
function backFrom(costs: readonly number[], to: number, overlap: number): number {
  let left = overlap;
  let from = to;
  for (; from > 0 && (costs[from - 1] ?? 0) <= left; from--) left -= costs[from - 1] ?? 0;
  return from;
}
