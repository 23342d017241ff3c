import { cleaned } from "./cleaning.ts";
import { clausesOf, sentencesOf } from "./clauses.ts";
import { type Texts, type Token, printed } from "./tokens.ts";
import { type Speaker, type Turn, turnsOf } from "./turns.ts";

/** What a summary chooses from: one thing somebody says, or a question with its answer. */
export interface Unit {
  /** Who says it, as the line names them; null where that goes without saying. */
  readonly name: Token | null;
  /** The words that stay, in the order of the lines. */
  readonly tokens: readonly Token[];
  /** Words of the answer, where the rest is the question. */
  readonly answer: readonly Token[];
  readonly speaker: Speaker | null;
  readonly heading: string | null;
  /** Which turn or paragraph it is of, from 0. */
  readonly turn: number;
  /** 0..1: how far into the record. */
  readonly place: number;
}

export interface Units {
  readonly units: readonly Unit[];
  /** Questions nobody answered, as line numbers: they say nothing about the patient. */
  readonly unanswered: readonly number[];
}

const yesOrNo = new Set(
  "no nope nah yes yeah yep yup correct right exactly sure absolutely definitely mm-hmm uh-huh mhm okay not never".split(
    " ",
  ),
);
const asks = new Set(
  "do did does are is was were have has had can could would will any how what when where which who why".split(" "),
);
/** An answer of so many words says little without its question. */
const answerWordsMax = 6;
const nodWordsMax = 4;
/** "Gout" under a heading says something; "well" in talk does not. */
const wordsMin = { spoken: 2, written: 1 };

export function unitsOf(lines: Texts): Units {
  const turns = turnsOf(lines);
  const units: Unit[] = [];
  const unanswered = new Set<number>();
  for (const [at, turn] of turns.entries()) {
    const place = turns.length < 2 ? 0 : at / (turns.length - 1);
    const about = { speaker: turn.speaker, heading: turn.heading, turn: at, place };
    const clauses = turn.speaker === null ? sentencesOf(turn.tokens) : clausesOf(turn.tokens);
    const open = pendingQuestion(turns[at - 1]);
    const { answer, rest } = answerOf(clauses, open !== null);
    if (open && answer.length > 0) {
      const tokens = cleaned(open.clause, open.speaker, true);
      const said = answer.filter(({ word }) => word);
      if (tokens.some(({ word }) => word))
        units.push({ ...about, name: null, tokens: [...tokens, ...said], answer: said });
    }
    for (const clause of rest) {
      if (isQuestion(clause, turn.speaker)) {
        for (const { line } of clause) unanswered.add(line);
        continue;
      }
      const tokens = cleaned(clause, turn.speaker);
      if (tokens.filter(({ word }) => word).length >= wordsMin[turn.speaker === null ? "written" : "spoken"])
        units.push({ ...about, name: nameOf(turn, tokens), tokens, answer: [] });
    }
  }
  return { units, unanswered: [...unanswered] };
}

/** What a patient or relative says is told as theirs; what a clinician says is the record itself. */
function nameOf({ speaker, names }: Turn, [first]: readonly Token[]): Token | null {
  if (speaker === null || speaker === "clinician" || !first) return null;
  return names.findLast(({ line }) => line <= first.line) ?? null;
}

interface Question {
  readonly clause: readonly Token[];
  readonly speaker: Speaker | null;
}

/** What the turn before asked last. */
function pendingQuestion(turn: Turn | undefined): Question | null {
  if (!turn || turn.speaker !== "clinician") return null;
  const clause = clausesOf(turn.tokens).findLast((one) => one.some(({ lower, word }) => word && !yesOrNo.has(lower)));
  return clause && isQuestion(clause, turn.speaker) ? { clause, speaker: turn.speaker } : null;
}

function isQuestion(clause: readonly Token[], speaker: Speaker | null): boolean {
  if (speaker === null) return clause.at(-1)?.text === "?";
  if (clause.some(({ text }) => text === "?")) return !isTag(clause);
  const words = cleaned(clause, speaker).filter(({ word }) => word);
  return (
    speaker === "clinician" &&
    asks.has(clause.find(({ word, lower }) => word && !lead.has(lower))?.lower ?? "") &&
    words.length > 1
  );
}

const lead = new Set("so and but okay now well um uh alright then yeah or also like".split(" "));

/** "…, okay?": a statement that asks for a nod. */
function isTag(clause: readonly Token[]): boolean {
  const end = clause.findIndex(({ text }) => text === "?");
  const [last, before] = [clause[end - 1], clause[end - 2]];
  if (last === undefined || before === undefined) return false;
  const nod = last.lower === "okay" || last.lower === "right";
  return nod && (before.text === "," || before.lower === "all");
}

interface Reply {
  readonly answer: readonly Token[];
  readonly rest: readonly (readonly Token[])[];
}

/** What a turn begins with, if that answers yes or no; after a question, all of it where it is short. */
function answerOf(clauses: readonly (readonly Token[])[], asked: boolean): Reply {
  const [first = []] = clauses;
  const spoken = first.filter(({ word, lower }) => word && !hesitations.has(lower));
  const all = clauses.flat().filter(({ word, lower }) => word && !hesitations.has(lower));
  const [word, next] = spoken;
  const decided = word !== undefined && isAnswer(word, next, first);
  // "No, but my mother had it" says more than no.
  if (asked && all.length <= (decided ? nodWordsMax : answerWordsMax)) return { answer: all, rest: [] };
  if (!decided) return { answer: [], rest: clauses };
  const answer = word.lower === "not" && next ? [word, next] : [word];
  const behind = first.slice(first.indexOf(answer.at(-1) ?? word) + 1);
  return { answer, rest: [behind, ...clauses.slice(1)].filter((clause) => clause.some((one) => one.word)) };
}

/** "No, i have …" answers; "no headaches" denies. */
function isAnswer(word: Token, next: Token | undefined, clause: readonly Token[]): boolean {
  if (!yesOrNo.has(word.lower)) return false;
  if (word.lower === "not") return next?.lower === "really";
  if (next === undefined || !denying.has(word.lower)) return true;
  return clause[clause.indexOf(word) + 1]?.word === false || begins.has(next.lower) || denying.has(next.lower);
}

const denying = new Set("no never nope nah".split(" "));
const begins = new Set(
  "i i'm i've i'd we it it's that that's there there's he she they you my but just so not actually because and".split(
    " ",
  ),
);
const hesitations = new Set("um uh oh well hmm er".split(" "));

/** The sentence a reader sees: every word of it stands in its lines, in that order. */
export function sentenceOf({ name, tokens, answer }: Unit): string {
  if (answer.length > 0) {
    const asked = tokens.slice(0, tokens.length - answer.length);
    return `${printed(asked)}? ${ended(printed(answer))}`;
  }
  return `${name ? `${printed([name])}: ` : ""}${ended(printed(tokens))}`;
}

const ended = (text: string) => (/[.!?:]$/.test(text) ? text : `${text}.`);
