import { fitLogistic, spreadFolds } from "../confidence/index.ts";
import { type View, viewsOf } from "./features.ts";
import type { SummaryModel } from "./model.ts";
import { countsOf, rougeWords } from "./rouge.ts";
import { type Placed, learnSections, sectionWords, titleOf } from "./sections.ts";
import { summarize } from "./summarize.ts";
import type { Texts } from "./tokens.ts";
import { unitsOf } from "./units.ts";
import { type Count, Lexicon, countPair } from "./words.ts";

/** Learning what belongs in a summary from records and the notes people wrote of them. */

/** A record and the note a person wrote of it. */
export interface Example {
  readonly id: string;
  readonly lines: Texts;
  readonly note: string;
  /** The heading the whole note belongs under, where it is a note of one section; else its own headings count. */
  readonly section?: string;
}

interface Prepared {
  readonly example: Example;
  readonly counts: ReadonlyMap<string, Count>;
}

/** @param further pairs of which only words and titles are learned: too short or unlike to learn choosing from */
export function learnSummary(examples: readonly Example[], further: readonly Example[] = []): SummaryModel {
  const prepared = [...examples, ...further].map((example): Prepared => ({ example, counts: countsIn(example) }));
  const lexicon = Lexicon.of(prepared.map(({ counts }) => counts));
  const inputs: Float64Array[] = [];
  const right: boolean[] = [];
  const placed: Placed[] = [];
  for (const [at, { example, counts }] of prepared.entries()) {
    const views = viewsOf(unitsOf(example.lines).units, lexicon, counts);
    placed.push(...placedOf(views, example));
    if (at >= examples.length) continue;
    const labels = labelsOf(views, example.note);
    for (const [place, view] of views.entries()) {
      inputs.push(...view.rows);
      right.push(...(labels[place] ?? []));
    }
  }
  const width = inputs[0]?.length ?? 0;
  const pull = new Float64Array(width).fill(1);
  const weights = fitLogistic({ inputs, right }, { prior: new Float64Array(width), pull });
  return { lexicon: lexicon.common(), weights, sections: learnSections(placed), relevance: null };
}

/** A sentence of a record whose note was not learned from. */
export interface Answer {
  readonly example: string;
  readonly text: string;
  readonly chance: number;
  /** Whether the note holds it. */
  readonly right: boolean;
}

/** A summary of each example by a model that has not seen it. */
export interface Trial {
  readonly example: Example;
  readonly model: SummaryModel;
}

/** Same examples, same folds. */
export function* trials(examples: readonly Example[], further: readonly Example[] = [], folds = 5): Generator<Trial> {
  const sources = examples.map(({ id }) => ({ id, source: id }));
  for (const { learn, test } of spreadFolds(sources, { count: Math.min(folds, examples.length) })) {
    const model = learnSummary(
      learn.flatMap((at) => examples[at] ?? []),
      further,
    );
    for (const at of test) {
      const example = examples[at];
      if (example) yield { example, model };
    }
  }
}

/** What the sentences chosen by a model that had not seen the note were worth. */
export function answersOf({ example, model }: Trial, share: number): readonly Answer[] {
  const { sentences } = summarize(example.lines, model, { share });
  return sentences.map(({ text, chance }) => ({
    example: example.id,
    text,
    chance,
    right: holds(example.note, text),
  }));
}

/** The curve from chance to how often a note holds such a sentence. */
export function relevanceOf(answers: readonly Answer[]): SummaryModel["relevance"] {
  if (answers.length === 0) return null;
  const inputs = answers.map(({ chance }) => Float64Array.from([1, chance]));
  const right = answers.map((answer) => answer.right);
  const [intercept = 0, slope = 0] = fitLogistic(
    { inputs, right },
    { prior: new Float64Array(2), pull: Float64Array.of(0.1, 0.1) },
  );
  return [intercept, slope];
}

/** From this share of a sentence's longer words on, a note holds what it says. */
const heldMin = 0.5;
const longerMin = 4;

/** Whether a note says what a sentence says: half of its longer words, and all of its numbers. */
function holds(note: string, sentence: string): boolean {
  const noted = new Set(rougeWords(note));
  const words = rougeWords(sentence);
  const longer = words.filter((word) => word.length >= longerMin && !/\d/.test(word));
  const found = longer.filter((word) => noted.has(word)).length;
  const numbers = words.filter((word) => /\d/.test(word));
  return found >= heldMin * longer.length && numbers.every((number) => noted.has(number)) && words.length > 0;
}

const tag = /^\s*(?:\[[a-z _.-]+\]|[a-z_ .]{2,20}:)\s*/i;

function countsIn({ lines, note }: Example): ReadonlyMap<string, Count> {
  return countPair({ record: lines.map(({ text }) => text.replace(tag, "")).join("\n"), note });
}

/** Of each word of the note, as many occurrences as it holds came from the record: those among most others that did. */
function labelsOf(views: readonly View[], note: string): readonly (readonly boolean[])[] {
  const notes = countsOf(rougeWords(note));
  const said = countsOf(views.flatMap(({ words }) => words));
  const rate = (word: string) => Math.min(1, (notes.get(word) ?? 0) / (said.get(word) ?? 1));
  const places = views.flatMap(({ words }, at) => {
    const total = words.reduce((sum, word) => sum + rate(word), 0);
    return words.map((word, step) => {
      const others = words.length < 2 ? 0 : (total - rate(word)) / (words.length - 1);
      return { at, step, word, others };
    });
  });
  const labels = views.map(({ words }) => words.map(() => false));
  const left = new Map(notes);
  for (const { at, step, word } of places.toSorted((a, b) => b.others - a.others || a.at - b.at || a.step - b.step)) {
    const some = left.get(word) ?? 0;
    if (some === 0) continue;
    left.set(word, some - 1);
    const row = labels[at];
    if (row) row[step] = true;
  }
  return labels;
}

/** Share of a unit's telling words that a row of the note must hold to be taken for where it went. */
const wentMin = 0.5;

function placedOf(views: readonly View[], { note, section }: Example): readonly Placed[] {
  if (section !== undefined) {
    const title = titleOf(section);
    return title ? views.map(({ unit, sentence }) => ({ words: sectionWords(unit, sentence), title })) : [];
  }
  const rows = rowsOf(note);
  return views.flatMap(({ unit, sentence, words }): readonly Placed[] => {
    const telling = [...new Set(words.filter((word) => word.length >= longerMin))];
    let best: { title: Placed["title"]; share: number } | null = null;
    for (const row of rows) {
      const share = telling.filter((word) => row.words.has(word)).length / Math.max(2, telling.length);
      if (share >= wentMin && share > (best?.share ?? 0)) best = { title: row.title, share };
    }
    return best ? [{ words: sectionWords(unit, sentence), title: best.title }] : [];
  });
}

/** Rows of a note that stand under a heading with a title of ours. */
function rowsOf(note: string): readonly { readonly words: ReadonlySet<string>; readonly title: Placed["title"] }[] {
  let title: Placed["title"] | null = null;
  return note.split("\n").flatMap((row) => {
    const heading = row.trim().replace(/:$/, "");
    if (heading.length > 2 && heading === heading.toUpperCase() && /\p{L}{2}/u.test(heading)) {
      title = titleOf(heading) ?? title;
      return [];
    }
    return title && row.trim() !== "" ? [{ words: new Set(rougeWords(row)), title }] : [];
  });
}
