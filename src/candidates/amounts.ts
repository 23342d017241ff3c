import { Money } from "../core/index.ts";

/** Which sign separates decimals in a document. */
export type DecimalSign = "," | ".";

/** Votes of the document's unmistakable numbers: "1.234,50" and "12,50" say comma, "1,234.50" and "12.50" say point. */
export function decimalSignOf(lines: readonly string[]): DecimalSign | null {
  let comma = 0;
  let point = 0;
  for (const line of lines) {
    for (const [text] of line.matchAll(/(?<![\d.,/:-])\d{1,9}(?:[.,'’]\d{3}){0,4}[.,]\d{2}(?![\d.,/:-]?\d)/g)) {
      if (text.at(-3) === ",") comma += 1;
      else point += 1;
    }
  }
  if (comma === point) return null;
  return comma > point ? "," : ".";
}

/**
 * The exact decimal string of a printed number without currency and sign, or null.
 * @param decimal the document's decimal sign, for numbers that do not tell: "1.234" is 1234 or 1.234
 */
export function parseAmount(printed: string, decimal: DecimalSign | null): string | null {
  const compact = printed.replaceAll(/[\s'’\u00a0\u202f]/g, "").replace(/[.,](?:-|–|—|--)$/, "");
  if (!/^\d{1,15}(?:[.,]\d+)*$/.test(compact)) return null;
  const sign = signAt(compact, decimal);
  const cut = sign === null ? compact.length : compact.lastIndexOf(sign);
  const whole = compact.slice(0, cut);
  const fraction = compact.slice(cut + 1);
  if (!groupsFit(whole)) return null;
  return Money.of(`${whole.replaceAll(/[.,]/g, "")}${fraction === "" ? "" : `.${fraction}`}`).toString();
}

/** The separator that stands before decimals, or null where the number is whole. */
function signAt(compact: string, decimal: DecimalSign | null): DecimalSign | null {
  const comma = compact.lastIndexOf(",");
  const point = compact.lastIndexOf(".");
  if (comma < 0 && point < 0) return null;
  if (comma >= 0 && point >= 0) return comma > point ? "," : ".";
  const sign: DecimalSign = comma >= 0 ? "," : ".";
  const parts = compact.split(sign);
  if (parts.length > 2) return null;
  const [whole = "", fraction = ""] = parts;
  if (fraction.length !== 3) return sign;
  if (whole === "0" || whole.length > 3) return sign;
  return decimal === sign ? sign : null;
}

/** Thousands stand in threes. */
function groupsFit(whole: string): boolean {
  const groups = whole.split(/[.,]/);
  return groups.length === 1 || groups.every((group, at) => (at === 0 ? group.length <= 3 : group.length === 3));
}
