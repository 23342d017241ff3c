import type { Speaker } from "./turns.ts";
import type { Token } from "./tokens.ts";

/** Leaves words out of a clause that say nothing about the patient. Never adds or moves one, and never drops what turns its meaning. */

const fillers = new Set(
  "um uh uhm hmm hm mm mhm mm-hmm uh-huh er ah oh okay ok alright yeah yep gotcha wow huh just really actually basically literally obviously honestly kinda hey please certainly absolutely definitely anyway uh- um- y'know".split(
    " ",
  ),
);

const phrases: readonly (readonly string[])[] = [
  "you know what i mean",
  "you know",
  "i mean",
  "kind of",
  "sort of",
  "go ahead and",
  "of course",
  "let me see",
  "let's see",
  "i guess",
  "as well",
  "all of the",
  "pretty much",
  "i see",
  "that's great",
  "that's good",
  "sounds good",
  "or anything like that",
  "anything like that",
  "and stuff",
  "and everything",
  "and things like that",
  "things like that",
].map((phrase) => phrase.split(" "));

/** What a clinician will do, without "I want to": "order an x-ray". */
const openings: readonly (readonly string[])[] = [
  "i know that",
  "i know",
  "i see that",
  "i saw that",
  "it sounds like",
  "let's say",
].map((phrase) => phrase.split(" "));

const intents: readonly (readonly string[])[] = [
  "i wanna",
  "i'm gonna",
  "i am going to",
  "i'm going to",
  "i want to",
  "i would like to",
  "i'd like to",
  "i do wanna",
  "i also wanna",
  "we're gonna",
  "we're going to",
  "we are going to",
  "i'd like you to",
  "i want you to",
  "i also want you to",
  "i would like you to",
  "what i'd like to do is",
  "i think we should",
].map((phrase) => phrase.split(" "));

const leading = new Set([
  "so",
  "and",
  "but",
  "well",
  "now",
  "then",
  "or",
  "also",
  "yes",
  "right",
  "because",
  "'cause",
  "plus",
  "good",
  "great",
  "perfect",
  "sure",
]);
const own: Readonly<Record<Speaker, ReadonlySet<string>>> = {
  patient: new Set(["i", "i'm", "i've", "i'd", "i'll", "my"]),
  clinician: new Set(["you", "you're", "you've", "you'd", "you'll", "your"]),
  family: new Set(),
};
const owning = new Set(["my", "your"]);
/** Only as a subject the pronoun goes without saying: at the beginning, or behind one of these. */
const beforeSubject = new Set(
  "and but or so because 'cause if when that what how where which while since as think know do did are were have can could will would should before after until then now although though unless once says why whether also whenever time".split(
    " ",
  ),
);
const trailing = new Set(["okay", "right", "and", "but", "so", "or", "then", "though", "because", "too", "well"]);

/** @param asked whether the clause is a question, of which the asking itself may go */
export function cleaned(clause: readonly Token[], speaker: Speaker | null, asked = false): readonly Token[] {
  if (speaker === null) return clause;
  const steps = [
    uncalled,
    unbroken,
    (tokens: readonly Token[]) => without(tokens, phrases),
    (tokens: readonly Token[]) => tokens.filter(({ lower, word }) => !word || !fillers.has(lower)),
    (tokens: readonly Token[]) => trimmed(tokens),
    (tokens: readonly Token[]) => (asked ? unasked(tokens) : tokens),
    (tokens: readonly Token[]) => (speaker === "clinician" ? without(tokens, [...intents, ...openings]) : tokens),
    (tokens: readonly Token[]) => unsaid(tokens, speaker),
    // What stood between two of the same may be gone now.
    unbroken,
    trimmed,
    punctuated,
  ];
  return steps.reduce((tokens, step) => step(tokens), clause);
}

/** Without whom it is said to: "hey , dragon , …". */
function uncalled(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex(({ word }) => word);
  if (tokens[at]?.lower !== "hey") return tokens;
  const name = tokens.findIndex(({ word }, place) => word && place > at);
  return tokens.slice(name + 1);
}

/** Without words that were broken off or said twice: "y- you", "the the", "i think , i think". */
function unbroken(tokens: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  for (const [place, token] of tokens.entries()) {
    if (!token.word || isBrokenOff(tokens, place)) continue;
    kept.push(token);
    for (const size of [3, 2, 1]) {
      const [now, before] = [kept.slice(-size), kept.slice(-2 * size, -size)];
      if (before.length < size || now.some(({ lower }) => numberWords.has(lower) || /\p{N}/u.test(lower))) continue;
      if (now.every(({ lower }, at) => lower === before[at]?.lower)) kept.splice(-2 * size, size);
    }
  }
  const left = new Set(kept);
  return tokens.filter((token) => !token.word || left.has(token));
}

/** "y- you": a word begun anew. */
function isBrokenOff(tokens: readonly Token[], at: number): boolean {
  const [token, dash, next] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (token === undefined || dash?.text !== "-" || !dash.tight) return false;
  return next?.lower.startsWith(token.lower.slice(0, 2)) === true;
}

/** A number said twice may be two numbers. */
const numberWords = new Set(
  "zero one two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety hundred".split(
    " ",
  ),
);

function without(tokens: readonly Token[], some: readonly (readonly string[])[]): readonly Token[] {
  const dropped = new Set<Token>();
  const words = tokens.filter(({ word }) => word);
  for (let at = 0; at < words.length; at += 1) {
    const phrase = some.find((one) => one.every((word, step) => words[at + step]?.lower === word));
    if (!phrase) continue;
    for (let step = 0; step < phrase.length; step += 1) {
      const token = words[at + step];
      if (token) dropped.add(token);
    }
    at += phrase.length - 1;
  }
  return tokens.filter((token) => !dropped.has(token));
}

/** Without what leads in and what trails off. */
function trimmed(tokens: readonly Token[]): readonly Token[] {
  let begin = 0;
  let end = tokens.length;
  const drops = (token: Token | undefined, some: ReadonlySet<string>) =>
    token !== undefined && (!token.word || some.has(token.lower) || fillers.has(token.lower));
  for (;;) {
    const [first, second] = [tokens[begin], tokens[begin + 1]];
    if (first?.lower === "all" && second?.lower === "right") begin += 2;
    else if (first?.lower === "right" && second?.word === true) break;
    else if (drops(first, leading) && begin < end) begin += 1;
    else break;
  }
  for (;;) {
    const [last, before] = [tokens[end - 1], tokens[end - 2]];
    if (end - 2 >= begin && last?.lower === "right" && before?.lower === "all") end -= 2;
    else if (last?.lower === "right" && before?.text !== ",") break;
    else if (last?.lower === "well" && before?.text !== ",") break;
    else if (last?.lower === "too" && before?.text !== ",") break;
    else if (end > begin && drops(last, trailing) && last?.text !== "%") end -= 1;
    else break;
  }
  return tokens.slice(begin, end);
}

const auxiliaries = new Set(["do", "did", "are", "were", "have", "can", "does"]);

/** "Do you have any fever" asks for "any fever". */
function unasked(tokens: readonly Token[]): readonly Token[] {
  const [first, second, third] = tokens;
  if (!first || !auxiliaries.has(first.lower) || second?.lower !== "you") return tokens;
  return tokens.slice(third?.lower === "have" || third?.lower === "had" ? 3 : 2);
}

/** Without the patient as subject or owner: who the record is about goes without saying. */
function unsaid(tokens: readonly Token[], speaker: Speaker): readonly Token[] {
  const words = tokens.filter(({ word }) => word);
  return tokens.filter((token) => {
    if (!own[speaker].has(token.lower)) return true;
    const at = words.indexOf(token);
    const [before, next] = [words[at - 1], words[at + 1]];
    if (next === undefined || next.lower === "and") return true;
    if (owning.has(token.lower)) return false;
    const comma = tokens[tokens.indexOf(token) - 1]?.word === false;
    return before !== undefined && !comma && !beforeSubject.has(before.lower);
  });
}

/** Marks only between words that stayed, one at a time. */
function punctuated(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter((token, at) => {
    if (token.word) return true;
    const before = tokens[at - 1];
    if (before === undefined || !before.word) return token.text === "%" || token.text === "(";
    return at < tokens.length - 1 && /[,:%()+/°-]/.test(token.text);
  });
}
