import { type PersonalKind, findPersonal } from "./detect.ts";
import { surrogateOf } from "./surrogate.ts";
import { isCommon, plain } from "./words.ts";

/** One document in disguise. The same original has the same stand-in everywhere. */
export interface Disguise {
  /** A piece of the document as it may leave. */
  hide(text: string): string;
  /** What came back, with the originals in their places. */
  reveal(text: string): string;
  /** How many pieces have a stand-in, by kind. */
  counts(): Readonly<Partial<Record<PersonalKind, number>>>;
  /** What has a stand-in, as it stands in the document. */
  protected(): readonly string[];
}

/** Tries for a stand-in that is nothing else in the document. */
const triesMax = 50;

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
    counts: () => made.counts(),
    protected: () => [...made.originals()],
  };
}

class StandIns {
  readonly #seed: string;
  /** Everything in the document, letters and digits only: no stand-in may be among it. */
  readonly #present: ReadonlySet<string>;
  readonly #standIns = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #kinds = new Map<string, PersonalKind>();
  /** Names found so far, without case and accents. */
  readonly #names = new Set<string>();
  #hider: RegExp | null = null;
  #revealer: RegExp | null = null;

  constructor(lines: readonly string[], seed: string) {
    this.#seed = seed;
    this.#present = new Set(lines.flatMap((line) => line.match(/[\p{L}\p{M}\d]+/gu) ?? []).map(plain));
  }

  learn(kind: PersonalKind, text: string): void {
    if (kind === "name") this.#names.add(plain(text));
    if (this.#standIns.has(text)) return;
    for (let attempt = 0; attempt < triesMax; attempt++) {
      const made = surrogateOf(kind, text, this.#seed, attempt);
      if (!this.#isFree(kind, made, text)) continue;
      this.#standIns.set(text, made);
      this.#originals.set(made, text);
      this.#kinds.set(text, kind);
      this.#hider = null;
      this.#revealer = null;
      return;
    }
    // Nothing else of that form is left, e.g. for a lone two-letter word in a long text.
    const mask = `${"#".repeat(text.length)}${this.#standIns.size}`;
    this.#standIns.set(text, mask);
    this.#originals.set(mask, text);
    this.#kinds.set(text, kind);
    this.#hider = null;
    this.#revealer = null;
  }

  #isFree(kind: PersonalKind, made: string, text: string): boolean {
    if (made === text || this.#originals.has(made)) return false;
    if (kind === "name" && isCommon(made)) return false;
    const parts = (made.match(/[\p{L}\p{M}\d]+/gu) ?? [])
      .map(plain)
      .filter((part) => part.length > 3 || kind === "name");
    return (
      kind === "date" || !parts.some((part) => this.#present.has(part) && !/^\d{1,4}$/.test(part) && part.length > 1)
    );
  }

  hide(text: string): string {
    // The text may be cut out of its line: what was found in the document goes first, then what it shows by itself.
    const [found = []] = findPersonal([text]);
    for (const { kind, start, end } of found) {
      const piece = text.slice(start, end);
      if (kind !== "name" || this.#names.has(plain(piece))) this.learn(kind, piece);
    }
    for (const [piece] of text.matchAll(/\p{L}[\p{L}\p{M}]+/gu)) {
      if (this.#names.has(plain(piece)) && !this.#standIns.has(piece)) this.learn("name", piece);
    }
    this.#hider ??= anyOf(this.#standIns.keys());
    return text.replaceAll(this.#hider, (piece) => this.#standIns.get(piece) ?? piece);
  }

  reveal(text: string): string {
    this.#revealer ??= anyOf(this.#originals.keys());
    return text.replaceAll(this.#revealer, (piece) => this.#originals.get(piece) ?? piece);
  }

  counts(): Readonly<Partial<Record<PersonalKind, number>>> {
    const counts: Partial<Record<PersonalKind, number>> = {};
    for (const kind of this.#kinds.values()) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  originals(): Iterable<string> {
    return this.#standIns.keys();
  }
}

/** Any of the texts where it stands by itself, the longest first. */
function anyOf(texts: Iterable<string>): RegExp {
  const sorted = [...texts].toSorted((a, b) => b.length - a.length);
  if (sorted.length === 0) return /(?!)/g;
  const escaped = sorted.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`(?<![\\p{L}\\p{M}\\d])(?:${escaped.join("|")})(?![\\p{L}\\p{M}\\d])`, "gu");
}
