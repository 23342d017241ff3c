import type { Token } from "./tokens.ts";

/** Cuts what somebody says into clauses that each say one thing, also where nothing is punctuated. */

const sentenceEnds = new Set([".", "?", "!", ";"]);

/** Where speech takes a new run, and where something is joined on. */
const markers = new Set(["okay", "ok", "alright", "so", "now", "well", "yeah", "anyway"]);
const joints = new Set(["and", "but", "because", "'cause", "cause", "or", "plus", "also"]);
const subjects = new Set(
  "i you we he she it they that there this your my our his her these those the let's i'm i've i'll i'd you're you've you'll we're we've we'll it's that's there's he's she's they're here's do does did are is have has any how what when where let".split(
    " ",
  ),
);
/** Pronoun and verb in one word: nearly always a clause's first. */
const starters = new Set(
  "i'm i've i'll you're you've you'll we're we've we'll it's that's there's he's she's they're here's let's i'd".split(
    " ",
  ),
);
/** After these the next words belong to what was begun: "i think it's …", "the one that's …", "if you're …". */
const binders = new Set(
  "that if when because where what how who which while since as think thinks thought know knows guess feel feels hope like sure says said say see noticed notice mean means than until unless whether so why after before though although and but or because 'cause except once in to of with for at on by from about whenever wherever now".split(
    " ",
  ),
);
/** What is said behind these holds only under their condition: both stay together. */
const conditions = new Set([
  "if",
  "unless",
  "until",
  "when",
  "once",
  "whenever",
  "without",
  "although",
  "though",
  "while",
]);
/** Adverbs in front of which "well", "so" and "now" are no new run. */
const degree = new Set([
  "as",
  "very",
  "pretty",
  "doing",
  "do",
  "does",
  "feeling",
  "feels",
  "really",
  "right",
  "just",
  "days",
  "weeks",
  "months",
  "years",
  "is",
  "not",
  "until",
  "by",
  "for",
  "eat",
  "sleep",
  "quite",
]);

/** Without one of these a piece says nothing yet: "on your heart exam". */
const predicates = new Set(
  "i you we he she it they there i'm i've i'll i'd you're you've you'll we're we've we'll it's that's there's he's she's they're is are was were am be been have has had do does did will would can could".split(
    " ",
  ),
);
const owned = new Set("the my your our his her these those this that what how when where".split(" "));
const titles = new Set(["dr", "mr", "mrs", "ms", "st"]);

const clauseMin = 4;

/** Each clause keeps the mark it ends with. */
export function clausesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  return sentencesOf(tokens).flatMap((sentence) => piecesOf(sentence));
}

/** What is written is punctuated: a sentence says what it says as a whole. */
export function sentencesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const sentences: Token[][] = [];
  let open: Token[] = [];
  for (const [at, token] of tokens.entries()) {
    if (open.length === 0 && token.text === ",") continue;
    open.push(token);
    if (!sentenceEnds.has(token.text) || isPause(tokens, at)) continue;
    sentences.push(open);
    open = [];
  }
  return [...sentences, open].filter((sentence) => sentence.some(({ word }) => word));
}

/** "..." is a pause and "dr ." a title: no ends. */
function isPause(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.text !== ".") return false;
  return tokens[at - 1]?.text === "." || tokens[at + 1]?.text === "." || titles.has(tokens[at - 1]?.lower ?? "");
}

function piecesOf(sentence: readonly Token[]): readonly (readonly Token[])[] {
  const pieces: Token[][] = [];
  let open: Token[] = [];
  for (const [at, token] of sentence.entries()) {
    if (beginsAt(sentence, at, open)) {
      pieces.push(open);
      open = [];
    }
    open.push(token);
  }
  return [...pieces, open].filter((piece) => piece.some(({ word }) => word));
}

function beginsAt(sentence: readonly Token[], at: number, open: readonly Token[]): boolean {
  const [token, before, next] = [sentence[at], wordBefore(sentence, at), wordAfter(sentence, at)];
  if (!token?.word || before === undefined) return false;
  if (isConditional(open)) return false;
  const said = open.reduce((count, { word }) => count + Number(word), 0);
  const comma = sentence[at - 1]?.text === ",";
  if (token.lower === "all" && next?.lower === "right" && !binders.has(before.lower)) return true;
  if (markers.has(token.lower)) {
    if (token.lower.startsWith("ok") || token.lower === "alright" || token.lower === "yeah") return true;
    return !degree.has(before.lower) && next !== undefined && (subjects.has(next.lower) || markers.has(next.lower));
  }
  if (said < clauseMin || !open.some(({ lower }) => predicates.has(lower))) return false;
  if (joints.has(token.lower)) return next !== undefined && subjects.has(next.lower) && !owned.has(next.lower);
  if (comma) return subjects.has(token.lower) && !owned.has(token.lower);
  return starters.has(token.lower) && !binders.has(before.lower);
}

/** A condition is not cut from what holds only under it. */
function isConditional(open: readonly Token[]): boolean {
  const words = open.filter(({ word }) => word);
  const begins = words.slice(0, 3).some(({ lower }) => conditions.has(lower));
  return begins || words.slice(-conditionReach).some(({ lower }) => lower === "if" || lower === "unless");
}

const conditionReach = 12;

const wordBefore = (tokens: readonly Token[], at: number) => tokens.slice(0, at).findLast(({ word }) => word);
const wordAfter = (tokens: readonly Token[], at: number) => tokens.slice(at + 1, at + 3).find(({ word }) => word);
