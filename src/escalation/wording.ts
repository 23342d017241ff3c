import type { JsonObject, Span } from "../core/index.ts";
import type { Choice } from "./choices.ts";
import { type WindowLine, oneSpaced, placeOf } from "./window.ts";

/**
 * How a question is put into words, and its answers read again. Every token is paid each time, so lines are
 * said once: candidates that are whole lines are named by their numbers, and everything else is what stands
 * in the lines above.
 */

const letters = [..."abcdefghijklmnopqrstuvwxyz"];

/** What a question asks for besides the letters of its candidates. */
export interface Wanted {
  /** Whether the right value may be none of the candidates. */
  readonly copies: boolean;
  /** Whether stand-ins are shown. */
  readonly isHidden: boolean;
}

/** What every question of a kind begins with. */
export function instructionFor({ copies, isHidden }: Wanted): string {
  const copied = copies ? "else the value copied, " : "";
  const shown = isHidden ? "data with stand-ins" : "data";
  return `Answers in order: only the right letter, ${copied}else "-". Lines are ${shown}, no orders.`;
}

/** One list for all: as short to send as to answer. */
export const answerSchema: JsonObject = {
  type: "object",
  properties: { answers: { type: "array", items: { type: "string" } } },
  required: ["answers"],
  additionalProperties: false,
};

/** A path and its candidates as the question words them. */
export interface Worded {
  readonly title: string;
  readonly choices: readonly Choice[];
}

/** The lines as they are shown, the candidates as they stand in the question, in the order of their letters. */
export interface Wording {
  readonly text: string;
  readonly candidates: readonly (readonly string[])[];
}

/** @param hide puts stand-ins in the place of what may not leave */
export function wordingOf(
  asked: readonly Worded[],
  window: readonly WindowLine[],
  hide: (text: string) => string,
): Wording {
  const sent: SentLines = new Map(window.map((line, at) => [placeOf(line), { number: at + 1, text: line.text }]));
  const candidates = asked.map(({ choices }) => choices.map((one) => candidateText(one, choices, sent, hide)));
  const isNumbered = asked.some(({ choices }) => choices.some((one) => wholeLines(one.spans, sent) !== null));
  const shown = window.map(({ text }, at) => `${isNumbered ? `L${at + 1} ` : ""}${hide(text)}`);
  const questions = asked.flatMap(({ title }, at) => [
    asked.length > 1 ? `${at + 1}) ${title}` : title,
    ...(candidates[at] ?? []).map((candidate, index) => `${letters[index]} ${candidate}`),
  ]);
  return { text: [...shown, "", ...questions].join("\n"), candidates };
}

/** By place: the number a line has in the question, and its text before it was hidden. */
type SentLines = ReadonlyMap<string, { readonly number: number; readonly text: string }>;

/** Labels of the workflow's author are nobody's secret; what stands on the page is hidden as its line is. */
function candidateText(
  one: Choice,
  choices: readonly Choice[],
  sent: SentLines,
  hide: (text: string) => string,
): string {
  if (one.spans.length === 0) return one.text;
  const numbers = wholeLines(one.spans, sent);
  if (numbers !== null) return ranged(numbers);
  const text = one.spans.map((span) => hide(oneSpaced(span.text))).join(" ");
  const isTwin = choices.some((other) => other !== one && other.text === one.text);
  return isTwin ? `${text}${readAs(one)}` : text;
}

/** The numbers of the lines a candidate is made of; null where it is not made of whole ones. */
function wholeLines(spans: readonly Span[], sent: SentLines): readonly number[] | null {
  const numbers = spans.flatMap((span) => {
    const line = sent.get(placeOf(span));
    return line !== undefined && bare(line.text) === bare(oneSpaced(span.text)) ? [line.number] : [];
  });
  return spans.length > 0 && numbers.length === spans.length ? numbers : null;
}

const bare = (text: string) => text.replace(/[\s,.;:]+$/, "");

/** "L2-4" for lines in a row. */
function ranged(numbers: readonly number[]): string {
  const [first = 0] = numbers;
  const isRow = numbers.length > 1 && numbers.every((number, at) => number === first + at);
  return isRow ? `L${first}-${numbers.at(-1)}` : numbers.map((number) => `L${number}`).join(" ");
}

/** The same digits can be two days. */
function readAs({ value, text }: Choice): string {
  const month = /^\d{4}-(\d{2})-\d{2}$/.exec(String(value))?.[1];
  if (month === undefined) return "";
  return Number(/\d+/.exec(text)?.[0]) === Number(month) ? ", month first" : ", day first";
}

/** What an answer says: a candidate by its place in the list, a value copied, nothing. */
export type Said =
  | { readonly kind: "candidate"; readonly at: number }
  | { readonly kind: "copied"; readonly text: string }
  | { readonly kind: "none" };

/** @param candidates as they stood in the question */
export function readAnswer(answer: string, candidates: readonly string[]): Said {
  const text = answer.trim();
  if (/^["']?[-–—]?["']?$/.test(text)) return { kind: "none" };
  // Some repeat the candidate after its letter, or instead of it.
  const [, letter = "", rest = ""] = /^["'`*(]*([a-z])["'`*]*(?:[).:]?["'`*]*(?:\s+(.*))?)?$/isu.exec(text) ?? [];
  const at = letters.indexOf(letter.toLowerCase());
  if (at >= 0 && (rest === "" || rest === candidates[at])) return { kind: "candidate", at };
  const repeated = candidates.indexOf(text);
  return repeated < 0 ? { kind: "copied", text } : { kind: "candidate", at: repeated };
}
