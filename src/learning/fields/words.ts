import type { Candidate, Row } from "../../candidates/index.ts";
import { wordsOf } from "../../ranking/labels.ts";
import { collect, type Cues, type Put } from "../../ranking/signals.ts";
import type { Survey } from "../../ranking/survey.ts";

/**
 * The page's own words around a candidate, where it stands and what its form is, as cues that only
 * examples can weigh: what "A/C HOLDER" means to one user's documents no lexicon knows.
 */

/** Weaker than a cue that is known to mean something. */
const scale = 0.6;
const wordsMax = 5;

/** Cues are named side=word. */
const sides = ["left", "above", "prior", "right", "section"] as const;

export function wordCues(candidate: Candidate, survey: Survey): Cues {
  return collect((put) => {
    const context = survey.context(candidate);
    for (const side of sides) {
      if (side === "above" && context.left.text !== "" && context.left.hops === 0) continue;
      const words = wordsOf(context[side].text);
      const near = side === "right" ? words.slice(0, wordsMax) : words.slice(-wordsMax);
      for (const word of near) put(`${side}=${word}`, scale);
      if (side === "left" && words.length > 1) put(`left=${words.slice(-3).join(" ")}`, scale);
    }
    const { rows } = survey.layout;
    row("before", rows[candidate.row - 1], put);
    row("after", rows[candidate.lastRow + 1], put);
    form(candidate, put);
    place(candidate, survey, put);
  });
}

/** First words of a neighbouring row. */
function row(side: string, neighbour: Row | undefined, put: Put): void {
  if (neighbour === undefined) {
    put(`${side}:none`, scale);
    return;
  }
  for (const word of wordsOf(neighbour.text).slice(0, 4)) put(`${side}=${word}`, scale);
  put(`${side}:digits`, /\d/.test(neighbour.text));
  put(`${side}:shape=${shapeOf(neighbour.text).slice(0, 4)}`, scale / 2);
}

/** What it looks like: first and last word, letters and digits, length. */
function form(candidate: Candidate, put: Put): void {
  const text = candidate.value;
  const words = wordsOf(text);
  if (candidate.kind !== "money" && candidate.kind !== "date") {
    put(`first=${words[0] ?? ""}`, scale);
    put(`last=${words.at(-1) ?? ""}`, scale);
    for (const word of words.slice(0, 8)) put(`word=${word}`, scale / 2);
    put(`words=${Math.min(6, words.length)}`, scale);
    put(`length=${Math.min(8, Math.floor(text.length / 6))}`, scale);
    put("capitals", words.length > 0 && text === text.toUpperCase());
  }
  const shape = shapeOf(candidate.kind === "date" ? candidate.text : text);
  if (shape.length <= 12) put(`shape=${shape}`, scale);
  put(`rows=${candidate.lastRow - candidate.row + 1}`, scale);
}

/** "AB-2041" → "A-9": letters and digits in runs, signs as they are. */
export function shapeOf(text: string): string {
  return text
    .replaceAll(/\d+/g, "9")
    .replaceAll(/\p{Lu}[\p{L}]*/gu, "A")
    .replaceAll(/\p{Ll}[\p{L}]*/gu, "a")
    .replaceAll(/(?:[Aa]\s?)+/g, (run) => (run.trim().length > 1 ? "A+" : run.trim()))
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Where it stands: row from the top and from the end, page, column, order among its kind. */
function place(candidate: Candidate, survey: Survey, put: Put): void {
  const { rows, width } = survey.layout;
  const fromEnd = rows.length - 1 - candidate.row;
  put(`top=${candidate.row < 6 ? candidate.row : binOf(candidate.row)}`, scale);
  put(`end=${binOf(fromEnd)}`, scale);
  put(`depth=${Math.floor((10 * candidate.row) / Math.max(1, rows.length))}`, scale);
  put(`page=${Math.min(4, rows[candidate.row]?.page ?? 1)}`, scale);
  put(`column=${Math.floor((8 * candidate.left) / Math.max(1, width))}`, scale);
  put(`cells=${Math.min(4, rows[candidate.row]?.cells.length ?? 0)}`, scale);
  const peers = survey.candidates(candidate.kind);
  const at = peers.indexOf(candidate);
  put(`order=${Math.min(5, at)}`, scale);
  put(`order=-${Math.min(5, peers.length - at)}`, scale);
}

/** Doubling bins: 0, 1, 2-3, 4-7, … */
function binOf(count: number): number {
  return Math.min(8, Math.floor(Math.log2(count + 1)));
}
