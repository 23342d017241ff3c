import { checkVAT, countries } from "jsvat";
import { type Candidate, candidateAt, overRows } from "./candidate.ts";
import type { Layout, Row } from "./layout.ts";

const prefixes = "AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI";
const printed = new RegExp(`(?<![A-Za-z0-9])(?:${prefixes})(?:[\\s.-]?[A-Z0-9]){7,12}`, "g");

/**
 * VAT identification numbers of the EU, the United Kingdom, Switzerland and Norway, without blanks and
 * dots. The form must fit the country; `checksum` where the check digits are right as well.
 */
export function findVatIds(layout: Layout): readonly Candidate[] {
  return overRows(layout, (row) => vatIdsOf(layout, row));
}

function vatIdsOf(layout: Layout, row: Row): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const match of row.text.matchAll(printed)) {
    const read = longestFit(match[0], row.text.slice(match.index + match[0].length));
    if (read === null) continue;
    const traits = read.checksum ? ["checksum"] : [];
    const range = [match.index, match.index + read.length] as const;
    found.push(candidateAt(layout, row, range, { kind: "vat", value: read.value, traits }));
  }
  return found;
}

/** The longest beginning of the text that has the form of a VAT id and ends with its word. */
function longestFit(text: string, rest: string): { value: string; length: number; checksum: boolean } | null {
  for (let length = text.length; length >= 9; length -= 1) {
    if (/[A-Z0-9]/i.test((text + rest).charAt(length)) || !/[A-Z0-9]/.test(text.charAt(length - 1))) continue;
    const value = text.slice(0, length).replaceAll(/[^A-Z0-9]/g, "");
    const checked = checkVAT(value, countries);
    if (checked.isValidFormat) return { value, length, checksum: checked.isValid };
  }
  return null;
}
