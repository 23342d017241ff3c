import type { Json } from "../core/index.ts";
import type { ProfileExample, ProfileFiles } from "../ports/index.ts";
import { examplesFile, toExamples, toLines } from "./format.ts";

/** Shorter values say little about whom they are of, and stand in too many places. */
const lettersMin = 3;

/**
 * The files of a version without what they hold of a document: its labels, and its values and name
 * wherever the learned parts repeat them. What only shaped weights stays in them. Null: it was not learned from.
 */
export function withoutDocument(files: ProfileFiles, sha256: string): ProfileFiles | null {
  const examples = toExamples(files);
  const kept = examples.filter(({ document }) => document.sha256 !== sha256);
  if (kept.length === examples.length) return null;
  const others = new Set(kept.flatMap(wordsOf));
  const gone = examples.filter((one) => !kept.includes(one)).flatMap(wordsOf);
  const only = new Set(gone.filter((word) => word.length >= lettersMin && !others.has(word)));
  const learned = Object.entries(files).filter(([name]) => name.startsWith("steps/"));
  return {
    ...Object.fromEntries(
      learned.map(([name, text]) => [name, `${JSON.stringify(without(JSON.parse(text) as Json, only))}\n`]),
    ),
    // Last: until it is written the version still says that there is something to forget.
    [examplesFile]: toLines(kept),
  };
}

/** Everything that tells of an example, in the form it is compared in. */
function wordsOf({ id, document, truth }: ProfileExample): readonly string[] {
  return [id, document.name, ...Object.values(truth).flatMap(leaves)].map(plain);
}

function leaves(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return value === null || typeof value === "boolean" ? [] : Object.values(value).flatMap(leaves);
}

/** As learned parts write a value in more ways than one: letters and digits are what counts. */
const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

function without(value: Json, words: ReadonlySet<string>): Json {
  if (typeof value === "string") return words.has(plain(value)) ? "" : value;
  if (Array.isArray(value)) return value.map((one) => without(one, words));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, without(one, words)]));
}
