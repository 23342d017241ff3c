import { countrySpecs, isValidIBAN } from "ibantools";
import { type Candidate, candidateAt, overRows } from "./candidate.ts";
import type { Layout, Row } from "./layout.ts";

const printed = /(?<![A-Za-z0-9])[A-Z]{2}\s?\d{2}(?:[\s.-]?[A-Z0-9]){11,30}/g;

/**
 * IBANs, with or without blanks, in electronic form. Country and length must fit; one whose check
 * digits are right as well has the trait `checksum`, and only that is evidence.
 */
export function findIbans(layout: Layout): readonly Candidate[] {
  return overRows(layout, (row) => ibansOf(layout, row));
}

function ibansOf(layout: Layout, row: Row): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const match of row.text.matchAll(printed)) {
    const length = countrySpecs[match[0].slice(0, 2)]?.chars ?? 0;
    const end = endAfter(match[0], length);
    if (end === null || /^[A-Za-z0-9]/.test(row.text.slice(match.index + end))) continue;
    const value = match[0].slice(0, end).replaceAll(/[^A-Z0-9]/g, "");
    const traits = isValidIBAN(value) ? ["checksum"] : [];
    found.push(candidateAt(layout, row, [match.index, match.index + end], { kind: "iban", value, traits }));
  }
  return found;
}

/** Where the `length`-th letter or digit ends, or null when there are fewer. */
function endAfter(text: string, length: number): number | null {
  if (length === 0) return null;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (/[A-Z0-9]/.test(text.charAt(at))) count += 1;
    if (count === length) return at + 1;
  }
  return null;
}
