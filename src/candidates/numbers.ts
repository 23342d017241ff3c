import { type DecimalSign, decimalSignOf, parseAmount } from "./amounts.ts";
import { type Candidate, candidateAt, overRows } from "./candidate.ts";
import type { Layout, Row } from "./layout.ts";

const number = /(?<![\p{L}\d.,/:-])[-−]?(?:\d{1,3}(?:[.,'’]\d{3}){1,4}|\d{1,12})(?:[.,]\d{1,6})?(?![.,/:-]?\d)/gu;

/** Quantities, rates and counts: whole or decimal numbers, as decimal strings without padding; `percent` where a % follows. */
export function findNumbers(layout: Layout): readonly Candidate[] {
  const decimal = decimalSignOf(layout.rows.map((row) => row.text));
  return overRows(layout, (row) => numbersOf(layout, row, decimal));
}

function numbersOf(layout: Layout, row: Row, decimal: DecimalSign | null): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const { index, 0: text } of row.text.matchAll(number)) {
    const exact = parseAmount(text.replace(/^[-−]/, ""), decimal);
    if (exact === null) continue;
    const value = `${/^[-−]/.test(text) ? "-" : ""}${unpadded(exact)}`;
    const percent = /^\s?%/.test(row.text.slice(index + text.length));
    const traits = [...(percent ? ["percent"] : []), ...(value.includes(".") ? [] : ["whole"])];
    found.push(candidateAt(layout, row, [index, index + text.length], { kind: "number", value, traits }));
  }
  return found;
}

/** "2.00" → "2", "0.50" → "0.5". */
function unpadded(exact: string): string {
  return exact.includes(".") ? exact.replace(/\.?0+$/, "") : exact;
}
