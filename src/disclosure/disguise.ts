import { type PersonalKind, findPersonal } from "./detect.ts";
import { surrogateOf } from "./surrogate.ts";
import { isCommon, plain } from "./words.ts";

/** One document in disguise. The same original has the same stand-in everywhere. */
export interface Disguise {
  /** A piece of the document as it may leave. */
  hide(text: string): string;
  /** What came back, with the originals in their places. */
  reveal(text: string): string;
  /** What has a stand-in, as it stands in the document. */
  hidden(): readonly string[];
}

/** Tries for a stand-in that is nothing else in the document. */
const triesMax = 60;

/**
 * Puts a whole document in disguise, so that a name that is recognised once is hidden everywhere.
 * @param seed must not leave: with it and a guess the stand-ins could be made again
 */
export function disguise(lines: readonly string[], seed: string): Disguise {
  const made = new StandIns(lines, seed);
  findPersonal(lines).forEach((found, at) => {
    for (const { kind, start, end } of found) made.learn(kind, (lines[at] ?? "").slice(start, end));
  });
  return {
    hide: (text) => made.hide(text),
    reveal: (text) => made.reveal(text),
    hidden: () => made.hidden(),
  };
}

const pieces = /[\p{L}\p{M}\d]+/gu;

class StandIns {
  readonly #seed: string;
  readonly #lines: readonly string[];
  /** Every word and number of the document: no stand-in may be among them. */
  readonly #present: ReadonlySet<string>;
  readonly #standIns = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  /** Names found so far, without case and accents. */
  readonly #names = new Set<string>();
  #hider: RegExp | null = null;
  #revealer: RegExp | null = null;

  constructor(lines: readonly string[], seed: string) {
    this.#seed = seed;
    this.#lines = lines;
    this.#present = new Set(lines.flatMap((line) => line.match(pieces) ?? []).map(plain));
  }

  learn(kind: PersonalKind, text: string): void {
    if (kind === "name") this.#names.add(plain(text));
    if (this.#standIns.has(text)) return;
    const tries = Array.from({ length: triesMax }, (_, attempt) => attempt);
    const attempt = tries.find((one) => this.#isFree(kind, surrogateOf(kind, text, this.#seed, one), text));
    if (attempt !== undefined) this.#remember(text, surrogateOf(kind, text, this.#seed, attempt));
    // A lone digit tells nothing where all ten are on the page.
    else if (kind !== "door") this.#remember(text, `${"#".repeat(text.length)}${this.#standIns.size}`);
  }

  #remember(text: string, made: string): void {
    this.#standIns.set(text, made);
    this.#originals.set(made, text);
    this.#hider = null;
    this.#revealer = null;
  }

  /** A stand-in must be told from everything that is shown, or it could not be taken back. */
  #isFree(kind: PersonalKind, made: string, text: string): boolean {
    if (made === text || this.#originals.has(made)) return false;
    if (kind === "name" && isCommon(made)) return false;
    const parts = (made.match(pieces) ?? []).map(plain);
    // Of a date or a long number only the whole has to be unlike.
    return parts.length > 1 && kind !== "name"
      ? !this.#lines.some((line) => line.includes(made))
      : parts.every((part) => !this.#present.has(part));
  }

  hide(text: string): string {
    // The text may be cut out of its line: what was found in the document goes first, then what it shows by itself.
    const [found = []] = findPersonal([text]);
    for (const { kind, start, end } of found) {
      const piece = text.slice(start, end);
      if (kind !== "door" && (kind !== "name" || this.#names.has(plain(piece)))) this.learn(kind, piece);
    }
    for (const [piece] of text.matchAll(/\p{L}[\p{L}\p{M}]+/gu)) {
      if (this.#names.has(plain(piece))) this.learn("name", piece);
    }
    this.#hider ??= anyOf(this.#standIns.keys());
    return text.replaceAll(this.#hider, (piece) => this.#standIns.get(piece) ?? piece);
  }

  reveal(text: string): string {
    this.#revealer ??= anyOf(this.#originals.keys());
    return text.replaceAll(this.#revealer, (piece) => this.#originals.get(piece) ?? piece);
  }

  hidden(): readonly string[] {
    return [...this.#standIns.keys()];
  }
}

/** Any of the texts where it stands by itself, the longest first. */
function anyOf(texts: Iterable<string>): RegExp {
  const sorted = [...texts].toSorted((a, b) => b.length - a.length);
  if (sorted.length === 0) return /(?!)/g;
  return new RegExp(`(?<![\\p{L}\\p{M}\\d])(?:${sorted.map(standingAlone).join("|")})(?![\\p{L}\\p{M}\\d])`, "gu");
}

/** "5" is no part of "5.00", and "50823" is all of "Köln,50823". */
function standingAlone(text: string): string {
  const escaped = text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const short = /^\d{1,3}$/.test(text);
  return short ? String.raw`(?<!\d[.,])${escaped}(?![.,]\d)` : escaped;
}
