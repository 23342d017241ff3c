import { meaningOf } from "../../ranking/labels.ts";

/** What the words beside a value in running text say about it: "order 10423", "Kundennummer: 10423". */
export type Label = "own" | "none" | "other";

/** Meanings that name another thing than the one that is looked for. */
const naming = new Set([
  "invoice",
  "order",
  "customer",
  "phone",
  "bank",
  "iban",
  "tax",
  "registration",
  "contract",
  "article",
  "vehicle",
  "date",
  "time",
  "birth",
  "amount",
  "total",
  "unitPrice",
  "address",
  "quantity",
]);

const before = 6;
const after = 2;
const value = /^[^\p{L}]*\d[\d\p{L}.,/#-]*$/u;
/** A sentence ends; abbreviations such as "No." do not end one. */
const ends = /\p{L}{4,}[.!?]["')]*$|[!?]$/u;

/**
 * The nearest word that names something decides, first to the left, then to the right.
 * @param start, end offsets of the value in the line
 * @param wanted what is looked for, in words: "order number"
 */
export function labelOf(line: string, start: number, end: number, wanted: string): Label {
  const own = new Set([...meaningOf(wanted)].filter((meaning) => naming.has(meaning) || meaning.startsWith("w:")));
  const left = line.slice(0, start).match(/\S+/g) ?? [];
  const right = line.slice(end).match(/\S+/g) ?? [];
  let walked = 0;
  for (const [back, word] of left.toReversed().entries()) {
    if (endsSentence(word, left[left.length - back] ?? "")) break;
    if (value.test(word)) continue;
    const said = saidBy(word, own);
    if (said !== "none") return said;
    walked += 1;
    if (walked === before) break;
  }
  for (const [at, word] of right.slice(0, after).entries()) {
    if (saidBy(word, own) === "own") return "own";
    if (endsSentence(word, right[at + 1] ?? "")) break;
  }
  return "none";
}

/** A word that no label has; abbreviations such as "No." have a meaning. */
function isPlain(word: string): boolean {
  return [...meaningOf(word)].every((meaning) => meaning.startsWith("w:"));
}

/** @param next the word behind it */
function endsSentence(word: string, next: string): boolean {
  if (ends.test(word) || (value.test(word) && /[.!?;]["')]*$/.test(word))) return true;
  return /\p{Ll}\.$/u.test(word) && /^\p{Lu}/u.test(next) && isPlain(word);
}

function saidBy(word: string, own: ReadonlySet<string>): Label {
  const meaning = meaningOf(word);
  if ([...own].some((one) => meaning.has(one))) return "own";
  return [...meaning].some((one) => naming.has(one)) ? "other" : "none";
}
