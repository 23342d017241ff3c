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
  for (const word of left.toReversed()) {
    if (endsSentence(word)) break;
    if (value.test(word)) continue;
    const said = saidBy(word, own);
    if (said !== "none") return said;
    walked += 1;
    if (walked === before) break;
  }
  for (const word of right.slice(0, after)) {
    if (saidBy(word, own) === "own") return "own";
    if (endsSentence(word)) break;
  }
  return "none";
}

function endsSentence(word: string): boolean {
  return ends.test(word) || (value.test(word) && /[.!?;]["')]*$/.test(word));
}

function saidBy(word: string, own: ReadonlySet<string>): Label {
  const meaning = meaningOf(word);
  if ([...own].some((one) => meaning.has(one))) return "own";
  return [...meaning].some((one) => naming.has(one)) ? "other" : "none";
}
