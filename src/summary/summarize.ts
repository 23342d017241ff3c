import { alignmentOf } from "./alignment.ts";
import { sigmoid } from "../confidence/index.ts";
import { type View, chancesOf, viewsOf } from "./features.ts";
import type { SummaryModel } from "./model.ts";
import { sectionWords, titlesFor } from "./sections.ts";
import { select } from "./select.ts";
import { type Problem, supportOf } from "./support.ts";
import type { Texts, Token } from "./tokens.ts";
import { unitsOf } from "./units.ts";

/** One sentence of a summary and where it comes from. */
export interface Sentence {
  readonly text: string;
  readonly title: string;
  /** Pieces of lines it is made of, in order: line position from 0 and offsets. */
  readonly pieces: readonly Piece[];
  /** What it is worth a character: what stays when there is less room. */
  readonly worth: number;
  /** Mean chance of its words to come into a note, 0..1. */
  readonly chance: number;
  /** Calibrated chance that a note holds it; null where that was not learned. */
  readonly confidence: number | null;
  /** By the rules, and by the second method, 0..1. */
  readonly support: number;
  readonly alignment: number;
}

export interface Piece {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** Why a line is in the summary or not. */
export const uses = [
  "used",
  "repeated",
  "no room",
  "little worth",
  "unanswered question",
  "unsupported",
  "no statement",
] as const;
export type Use = (typeof uses)[number];

/** A summary of a record, or of a part of one. */
export interface Summary {
  /** In the order of the record. */
  readonly sentences: readonly Sentence[];
  /** What became of each line. */
  readonly coverage: readonly Use[];
  /** Sentences that were left out because their lines do not say it. */
  readonly dropped: readonly Dropped[];
}

export interface Dropped {
  readonly text: string;
  readonly problems: readonly Problem[];
}

export interface SummaryOptions {
  /** Length of the summary at most, as a share of the record's. */
  readonly share: number;
  /** In characters, whatever the record's length. */
  readonly charactersMax?: number;
}

/** What a word of a sentence must be worth for the sentence to be taken. */
const worthMin = 0.12;
/** The second method doubts below this. */
export const alignmentMin = 0.6;

/** Chooses sentences of the record's own words. Pure; the same lines and model give the same summary. */
export function summarize(
  lines: Texts,
  model: SummaryModel,
  { share, charactersMax = Infinity }: SummaryOptions,
): Summary {
  const { units, unanswered } = unitsOf(lines);
  const views = viewsOf(units, model.lexicon);
  const chances = views.map((view) => chancesOf(view, model.weights));
  const length = lines.reduce((sum, { text }) => sum + text.length + 1, 0);
  const budget = { charactersMax: Math.min(charactersMax, Math.floor(share * length)), worthMin };
  const { chosen, crowded } = select(views, chances, model.lexicon, budget);
  const titles = titlesFor(
    model.sections,
    views.map(({ unit, sentence }) => sectionWords(unit, sentence)),
  );
  const dropped: Dropped[] = [];
  const sentences: Sentence[] = [];
  const coverage = lines.map((): Use => "no statement");
  const mark = (at: number, use: Use) => {
    for (const { line } of views[at]?.unit.tokens ?? []) coverage[line] = use;
  };
  for (const line of unanswered) coverage[line] = "unanswered question";
  for (const at of views.keys()) mark(at, "little worth");
  for (const at of crowded) mark(at, "no room");
  for (const { at, worth } of chosen) {
    const view = views[at];
    if (!view) continue;
    const sources = sourceLines(view, lines);
    const { score: support, problems } = supportOf(view.sentence, sources);
    if (problems.length > 0) {
      dropped.push({ text: view.sentence, problems });
      mark(at, "unsupported");
      continue;
    }
    const chance = mean(chances[at] ?? []);
    sentences.push({
      text: view.sentence,
      title: view.unit.heading ?? titles[at] ?? "",
      pieces: piecesOf(view),
      worth,
      chance,
      confidence: model.relevance ? sigmoid(model.relevance[0] + model.relevance[1] * chance) : null,
      support,
      alignment: alignmentOf(view.sentence, sources),
    });
  }
  for (const { at } of chosen) if (!dropped.some(({ text }) => text === views[at]?.sentence)) mark(at, "used");
  return { sentences, coverage, dropped };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function sourceLines({ unit }: View, lines: Texts): readonly string[] {
  const numbers = [...new Set(unit.tokens.map(({ line }) => line))].toSorted((a, b) => a - b);
  return numbers.map((line) => lines[line]?.text ?? "");
}

/** Words that stand side by side are one piece. */
function piecesOf({ unit: { name, tokens } }: View): readonly Piece[] {
  const pieces: { line: number; start: number; end: number }[] = [];
  let before: Token | undefined;
  for (const token of [...(name ? [name] : []), ...tokens]) {
    const last = pieces.at(-1);
    if (last && before?.line === token.line && token.start - last.end <= 1 && token.start >= last.end)
      last.end = token.end;
    else pieces.push({ line: token.line, start: token.start, end: token.end });
    before = token;
  }
  return pieces;
}
