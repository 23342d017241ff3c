import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";

/** Text for a terminal: safe, measured in columns, laid out in tables. */

export type Paint = ReturnType<typeof pc.createColors>;

export const paintWith = (color: boolean): Paint => pc.createColors(color);

/** Characters from documents never steer the terminal: controls and direction marks become spaces. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replaceAll(/ {2,}/g, " ")
    .trim();
}

const segmenter = new Intl.Segmenter();
const wide = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/u;

/** Columns a text takes, colours not counted. */
export function width(text: string): number {
  let columns = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) columns += wide.test(segment) ? 2 : 1;
  return columns;
}

/** At most `columns` wide; what was cut is marked. For text without colours. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += wide.test(segment) ? 2 : 1;
    if (used > columns - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export interface Column {
  readonly title: string;
  /** Shrinks when the terminal is narrow, never below this. */
  readonly least?: number;
  readonly paint?: (text: string, row: number) => string;
  readonly align?: "left" | "right";
}

const gap = "  ";

/**
 * Lines of a table that fits `columns`. Cells are cut in the columns that may shrink, widest first.
 * @param rows plain cells, one array a row
 */
export function table(heads: readonly Column[], rows: readonly (readonly string[])[], columns: number, paint: Paint) {
  const widths = fit(
    heads.map((head, at) => Math.max(width(head.title), ...rows.map((row) => width(row[at] ?? "")))),
    heads,
    columns,
  );
  const line = (cells: readonly string[], row: number) =>
    heads
      .map((head, at) => {
        const text = cut(cells[at] ?? "", widths[at] ?? 0);
        const space = " ".repeat(Math.max(0, (widths[at] ?? 0) - width(text)));
        const painted = row < 0 ? paint.dim(text) : (head.paint?.(text, row) ?? text);
        return head.align === "right" ? space + painted : painted + space;
      })
      .join(gap)
      .trimEnd();
  return [
    line(
      heads.map((head) => head.title),
      -1,
    ),
    ...rows.map((row, at) => line(row, at)),
  ];
}

function fit(wanted: readonly number[], heads: readonly Column[], columns: number): readonly number[] {
  const widths = [...wanted];
  const total = () => widths.reduce((sum, one) => sum + one, 0) + gap.length * (widths.length - 1);
  for (let over = total() - columns; over > 0; over = total() - columns) {
    const slack = widths.map((one, at) => one - (heads[at]?.least ?? one));
    const most = Math.max(...slack);
    if (most <= 0) break;
    const at = slack.indexOf(most);
    widths[at] = (widths[at] ?? 0) - Math.min(over, most);
  }
  return widths;
}

/** "1 document", "2 documents". */
export const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** "3.2 s", "850 ms", "4 min 10 s". */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** "just now", "5 min ago", "3 h ago", "12 d ago". */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1_440)} d ago`;
}

/** "93 MB", "2.5 GB". */
export function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

const barWidth = 20;

/** How much of a whole is done, as a bar; nothing for a single thing. */
export function bar(done: number, whole: number): string {
  if (whole < 2) return "";
  const full = Math.round((Math.min(done, whole) / whole) * barWidth);
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)}`;
}
