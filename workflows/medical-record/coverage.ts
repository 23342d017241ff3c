import type { DocumentText, Span } from "weir";
import type { Section } from "./lines/sections.ts";

/** What became of every line of the record. Pure. */

export interface Coverage {
  readonly lines: number;
  readonly inFacts: number;
  readonly inSections: number;
  /** "1:12", or "1:12-15" for lines in a row. */
  readonly elsewhere: readonly string[];
}

const place = ({ page, line }: { readonly page: number; readonly line: number }) => `${page}:${line}`;

export function coverageOf(
  text: DocumentText,
  sections: readonly Section[],
  sources: Iterable<readonly Span[]>,
): Coverage {
  const facts = new Set<string>();
  for (const spans of sources) for (const span of spans) facts.add(place(span));
  const known = new Set<string>();
  for (const { kind, heading, body } of sections) {
    if (kind === null) continue;
    if (heading) known.add(place(heading));
    for (const { line } of body) known.add(place(line));
  }
  const lines = text.pages.flatMap((page) => page.lines);
  const count = (is: (at: string) => boolean) => lines.filter((line) => is(place(line))).length;
  return {
    lines: lines.length,
    inFacts: count((at) => facts.has(at)),
    inSections: count((at) => !facts.has(at) && known.has(at)),
    elsewhere: inRuns(lines.filter((line) => !facts.has(place(line)) && !known.has(place(line)))),
  };
}

function inRuns(lines: readonly { readonly page: number; readonly line: number }[]): readonly string[] {
  const runs: { page: number; from: number; to: number }[] = [];
  for (const { page, line } of lines) {
    const last = runs.at(-1);
    if (last && last.page === page && last.to === line - 1) last.to = line;
    else runs.push({ page, from: line, to: line });
  }
  return runs.map(({ page, from, to }) => (from === to ? `${page}:${from}` : `${page}:${from}-${to}`));
}
