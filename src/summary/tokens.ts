import type { Line } from "../core/index.ts";

/** Words of lines, and where each stands: what sentences are made of and checked against. */

export interface Token {
  /** As printed: a word or a punctuation mark. */
  readonly text: string;
  readonly lower: string;
  /** Position of its line among the document's lines, from 0. */
  readonly line: number;
  /** Offsets in the line's text. */
  readonly start: number;
  readonly end: number;
  /** False for punctuation. */
  readonly word: boolean;
  /** Whether it hangs on to the token before it without a space. */
  readonly tight: boolean;
}

const pieces =
  /\p{N}+(?:[.,:/]\p{N}+)*%?|(?:dr|mr|mrs|ms|st|vs)\.(?=\s)|[\p{L}\p{M}\p{N}]+(?:['’/.-][\p{L}\p{M}\p{N}]+)*['’]?|['’]\p{L}+|[^\s\p{L}\p{N}]/giu;
const letters = /[\p{L}\p{N}]/u;

/** @param from offset to begin at, behind a speaker's tag */
export function tokensOf(text: string, line: number, from = 0): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.slice(from).matchAll(pieces)) {
    const [piece] = match;
    const start = from + match.index;
    const lower = piece.toLowerCase().replaceAll("’", "'");
    const end = start + piece.length;
    const last = tokens.at(-1);
    if (last && isHalf(last.lower, lower)) {
      tokens.push({ ...(tokens.pop() ?? last), text: last.text + piece, lower: last.lower + lower, end });
    } else {
      tokens.push({ text: piece, lower, line, start, end, word: letters.test(piece), tight: last?.end === start });
    }
  }
  return tokens;
}

/** Tokenised transcripts print "do n't" and "gon na": halves of one word. */
const halves = new Set(["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"]);
const contracted: Readonly<Record<string, string>> = { gon: "na", wan: "na", got: "ta" };

function isHalf(before: string, half: string): boolean {
  return (halves.has(half) && letters.test(before)) || contracted[before] === half;
}

/** The words of a text as they are compared: lower case, no punctuation. */
export function wordsOf(text: string): readonly string[] {
  return tokensOf(text, 0).flatMap(({ word, lower }) => (word ? [lower] : []));
}

const opening = new Set(["(", "[", "“", "‘"]);

/** Tokens as a person would print them: no space before a comma, a capital first. */
export function printed(tokens: readonly Token[]): string {
  let text = "";
  let before: Token | undefined;
  for (const token of tokens) {
    const next = before && adjacent(before, token);
    const close =
      before === undefined ||
      (next && token.tight) ||
      (!token.word && !opening.has(token.text)) ||
      (before !== undefined && opening.has(before.text));
    text += close ? token.text : ` ${token.text}`;
    before = token;
  }
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function adjacent(before: Token, token: Token): boolean {
  return before.line === token.line && before.end === token.start;
}

/** Lines as text alone, in order, with the line they are. */
export type Texts = readonly Pick<Line, "text">[];
