/**
 * What is said of each word beside the word itself, after ConText (Harkema et al. 2009): whether it is
 * denied, whose it is, on which side. By cue words and how far they reach, no model.
 */

export type Side = "left" | "right" | "both";

export interface Mention {
  /** In lower case, as printed. */
  readonly word: string;
  readonly stem: string;
  readonly denied: boolean;
  /** Said of a relative, not of the patient. */
  readonly relative: boolean;
  readonly side: Side | null;
}

const word = /[\p{L}\p{N}]+(?:['’.\-/][\p{L}\p{N}]+)*|[.?!;,:]/gu;

const denials = new Set(
  "no not n't never deny denies denied denying without none negative nor neither cannot absent don't doesn't didn't isn't wasn't aren't weren't haven't hasn't hadn't can't couldn't won't wouldn't".split(
    " ",
  ),
);
/** A denial reaches no further than these. */
const turns = new Set(["but", "however", "except", "although", "though", "because", "so"]);
/** "No, i have …": an answer, not a denial of what follows. */
const subjects = new Set(
  "i i'm i've we it it's that that's there there's he she they you my the just so yeah yes okay actually well".split(
    " ",
  ),
);
/** Words a denial reaches: a list behind "denies" is long, what "not" turns is near. */
const reach = 10;
const verbReach = 5;
const listing = new Set("no deny denies denied denying without none negative nor neither".split(" "));
const relatives = new Set(
  "mother father mom dad mum sister brother aunt uncle grandmother grandfather grandma grandpa parents son daughter wife husband cousin siblings brothers sisters".split(
    " ",
  ),
);
const relativeReach = 12;
const sides: Readonly<Record<string, Side>> = {
  left: "left",
  right: "right",
  both: "both",
  bilateral: "both",
  bilaterally: "both",
};
const notASide = new Set("now here there away after before okay so and but yeah that well".split(" "));
const sideReach = 3;

const isMark = (text: string) => /^[.?!;,:]$/.test(text);
const isEnd = (text: string) => /^[.?!;]$/.test(text);

export function stemOf(text: string): string {
  const plain = text.toLowerCase().replace(/['’]s$/, "");
  if (plain.length <= 4 || /\d/.test(plain)) return plain;
  return plain
    .replace(/(?:ies|ied)$/, "y")
    .replace(/(?:sses)$/, "ss")
    .replace(/(?:ing|edly|ed|ly|es|s|al|e)$/, "")
    .replace(/([bdfgklmnprt])\1$/, "$1");
}

/** Every word of a text in order, with what is said of it. Lines are sentences of their own. */
export function mentionsOf(text: string): readonly Mention[] {
  return sentencesOf(text).flatMap((sentence) => mentionsIn(sentence.words, sentence.answer));
}

interface Sentence {
  readonly words: readonly string[];
  /** What the next sentence answers, where this one is a question. */
  readonly answer: "yes" | "no" | null;
}

const tagged = /^\s*(?:\[[a-z _.-]+\]|[a-z_ .]{2,20}:)\s*/i;
const saysNo = /^(?:(?:um|uh|oh|well|okay|patient)[\s,:]*)*(?:no|nope|nah|not really|never|none|negative)\b/i;
const saysYes = /^(?:(?:um|uh|oh|well|okay|patient)[\s,:]*)*(?:yes|yeah|yep|yup|correct|right|mm-hmm|uh-huh|sure)\b/i;

function sentencesOf(text: string): readonly Sentence[] {
  const rows = text
    .replaceAll(/\bn['’]t\b/g, "n't")
    .split("\n")
    .map((row) => row.replace(tagged, ""))
    .flatMap((row) => row.split(/(?<=[.?!;])\s+/).filter((part) => /[\p{L}\p{N}]/u.test(part)));
  return rows.map((row, at): Sentence => {
    const next = rows[at + 1] ?? "";
    const open = saysNo.test(next) ? "no" : saysYes.test(next) ? "yes" : null;
    return {
      words:
        row
          .toLowerCase()
          .replaceAll(/\s+n't\b/g, " n't")
          .match(word) ?? [],
      answer: isAsked(row) ? open : null,
    };
  });
}

/** Also without a question mark: "do you have any fever". */
function isAsked(row: string): boolean {
  return /\?\s*$/.test(row) || /\b(?:do|did|are|were|have|any|does|is|has|was|can)\b[^.]*$/i.test(row.slice(-160));
}

function mentionsIn(words: readonly string[], answer: Sentence["answer"]): readonly Mention[] {
  const denied = scopeOf(words);
  const kin = relativesIn(words);
  return words.flatMap((text, at): Mention[] => {
    if (isMark(text) || text === "n't") return [];
    return [
      {
        word: text,
        stem: stemOf(text),
        denied: answer === "no" ? true : denied[at] === 1,
        relative: kin[at] === 1,
        side: sideAt(words, at),
      },
    ];
  });
}

function scopeOf(words: readonly string[]): Uint8Array {
  const denied = new Uint8Array(words.length);
  let left = 0;
  for (const [at, text] of words.entries()) {
    if (isEnd(text) || turns.has(text)) left = 0;
    if (left > 0 && !isMark(text)) {
      denied[at] = 1;
      left -= 1;
    }
    if (denials.has(text) && !isAnswer(words, at)) left = listing.has(text) ? reach : verbReach;
  }
  return denied;
}

function isAnswer(words: readonly string[], at: number): boolean {
  const next = words[at + 1];
  return words[at] === "no" && (next === undefined || isMark(next) || subjects.has(next));
}

function relativesIn(words: readonly string[]): Uint8Array {
  const found = new Uint8Array(words.length);
  for (const [at, text] of words.entries()) {
    if (!relatives.has(text)) continue;
    for (let near = at; near < Math.min(words.length, at + relativeReach); near += 1) {
      if (isEnd(words[near] ?? "") || turns.has(words[near] ?? "")) break;
      found[near] = 1;
    }
  }
  return found;
}

/** The side a word is said to be on: "right knee", "knee on the left". */
function sideAt(words: readonly string[], at: number): Side | null {
  for (let back = 1; back <= sideReach; back += 1) {
    const before = words[at - back] ?? ".";
    if (isMark(before)) break;
    if (isSide(words, at - back)) return sides[before] ?? null;
  }
  const [next, article, side] = [words[at + 1], words[at + 2], words[at + 3]];
  if (next === "on" && (article === "the" || article === "your" || article === "my") && side !== undefined) {
    return sides[side] ?? null;
  }
  return null;
}

function isSide(words: readonly string[], at: number): boolean {
  const [text = "", before = "", next = "."] = [words[at], words[at - 1], words[at + 1]];
  if (sides[text] === undefined) return false;
  if (text !== "right") return true;
  return before !== "all" && before !== "that's" && !notASide.has(next) && !isMark(next);
}
