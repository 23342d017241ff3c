import type { DocumentText, Line, Span } from "../core/index.ts";
import { meaningOf } from "../ranking/labels.ts";
import { speaksToMachines } from "./instructions.ts";

/** A line that may be sent. */
export interface WindowLine {
  readonly page: number;
  readonly line: number;
  readonly text: string;
}

/** Roughly, for Latin script; budgets are kept by what the provider counts. */
const charactersPerToken = 3.5;

export function tokensOf(text: string): number {
  return Math.ceil(text.length / charactersPerToken) + 1;
}

/** Lines of a document in order, without those that speak to machines. */
export class Lines {
  readonly all: readonly Line[];
  /** Places of lines that are never sent. */
  readonly silenced: ReadonlySet<string>;
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(text: DocumentText) {
    this.all = text.pages.flatMap((page) => page.lines);
    this.#indexes = new Map(this.all.map((line, at) => [placeOf(line), at]));
    this.silenced = new Set(this.all.filter(({ text: words }) => speaksToMachines(words)).map(placeOf));
  }

  /**
   * The lines that spans stand on, and the one before each where the label of a value stands when it
   * is not on the same line. Words speak for themselves: before them only what is known as a label counts.
   */
  around(spans: readonly Span[]): ReadonlySet<number> {
    const found = new Set<number>();
    for (const span of spans) {
      const at = this.#indexes.get(placeOf(span));
      if (at === undefined) continue;
      found.add(at);
      const above = this.all[at - 1]?.text ?? "";
      if (hasLabel(this.all[at]?.text ?? "", span.text)) continue;
      if (mayBeLabel(above) && (!isWords(span.text) || isLabel(above))) found.add(at - 1);
    }
    return this.#sendable(found);
  }

  /** As many lines from the beginning as the tokens allow. */
  first(tokensMax: number): ReadonlySet<number> {
    const found = new Set<number>();
    let left = tokensMax;
    for (const [at, { text }] of this.all.entries()) {
      left -= tokensOf(text);
      if (left < 0) break;
      found.add(at);
    }
    return this.#sendable(found);
  }

  whole(): ReadonlySet<number> {
    return this.#sendable(new Set(this.all.keys()));
  }

  /** In reading order. */
  at(indexes: ReadonlySet<number>): readonly WindowLine[] {
    return [...indexes]
      .toSorted((a, b) => a - b)
      .flatMap((at) => {
        const line = this.all[at];
        return line ? [{ page: line.page, line: line.line, text: oneSpaced(line.text) }] : [];
      });
  }

  isSilenced(spans: readonly Span[]): boolean {
    return spans.some((span) => this.silenced.has(placeOf(span)));
  }

  #sendable(indexes: ReadonlySet<number>): ReadonlySet<number> {
    return new Set([...indexes].filter((at) => !this.silenced.has(placeOf(this.all[at] ?? { page: 0, line: 0 }))));
  }
}

/** Without the blanks that lay a line out. */
export function oneSpaced(text: string): string {
  return text.trim().replaceAll(/\s{2,}/g, " ");
}

export function placeOf({ page, line }: Pick<Span, "page" | "line">): string {
  return `${page}:${line}`;
}

const labelLettersMax = 60;

/** A few words, and no number that is longer than a small count. */
function mayBeLabel(line: string): boolean {
  const text = oneSpaced(line);
  return text.length <= labelLettersMax && /\p{L}{2,}/u.test(text) && !/\d{3,}/.test(text);
}

/** Letters rather than digits. */
function isWords(text: string): boolean {
  return (text.match(/\p{L}/gu)?.length ?? 0) > text.length / 2;
}

/** Ends like a label, or means something that fields mean. */
function isLabel(line: string): boolean {
  return /:\s*$/.test(line) || [...meaningOf(line)].some((one) => !one.startsWith("w:"));
}

/** Whether a line has words of its own before a value. */
function hasLabel(line: string, value: string): boolean {
  const at = line.indexOf(value);
  return /\p{L}{2,}/u.test(at < 0 ? line : line.slice(0, at));
}
