import type { Candidate } from "./candidate.ts";
import { overText, type Reading } from "./flow.ts";
import type { Layout } from "./layout.ts";

/** Words of a phrase, at most. */
const wordsMax = 8;
/** Small words that stand inside of names: "Bank of the West", "Meyer und Söhne". */
const linking = "of|the|and|for|&|de|du|des|la|le|von|van|der|den|und|et|y|e|di|del|da";
const capital = "\\p{Lu}[\\p{L}\\d&.'’/-]*";
const printed = new RegExp(`${capital}(?:,?\\s+(?:(?:${linking})\\s+){0,2}${capital}){0,${wordsMax - 1}}`, "gu");
const quoted = /["“„«]\s?([^"“”„«»]{2,60}?)\s?["”“»]/gu;

/**
 * Names inside of running text: runs of capitalised words, with the small words between them, and what stands in
 * quotation marks. For values that no other kind of candidate can be.
 */
export function findPhrases(layout: Layout): readonly Candidate[] {
  return overText(layout, "phrase", phrasesIn);
}

function phrasesIn(text: string): readonly Reading[] {
  const names = [...text.matchAll(printed)].flatMap(({ 0: match, index }) => {
    const name = match.replace(/[\s.,;:'’-]+$/, "");
    return name.length < 2 ? [] : [readingOf(name, index)];
  });
  const quotes = [...text.matchAll(quoted)].flatMap(({ 0: match, 1: inner = "", index }) => [
    { ...readingOf(inner, index + match.indexOf(inner)), traits: ["quoted"] },
  ]);
  return [...names, ...quotes];
}

function readingOf(text: string, start: number): Reading {
  return { start, end: start + text.length, value: text.replaceAll(/\s+/g, " ") };
}
