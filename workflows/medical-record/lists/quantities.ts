import type { Stretch } from "../lines/stretch.ts";

/** "71.0 [in_us]" → a number and its unit, each with its place. Pure. */
export interface Quantity {
  readonly value: Stretch;
  readonly unit: Stretch | null;
}

const quantity =
  /^(?<value>[<>≤≥]?\s?-?\d+(?:[.,]\d+)*(?:\s?\/\s?\d+(?:\.\d+)?)?)(?<gap>\s*)(?<unit>[/%°\p{L}[µ][^\s,;()]{0,20}(?:\s?\[[^\]]+\])?)?/u;

/** Null where the words do not begin with a number. */
export function quantityOf({ line, start, end }: Stretch): Quantity | null {
  const text = line.text.slice(start, end);
  const found = quantity.exec(text)?.groups;
  if (!found?.["value"]) return null;
  const value = { line, start, end: start + found["value"].length };
  const from = value.end + (found["gap"]?.length ?? 0);
  const unit = found["unit"] ? { line, start: from, end: from + found["unit"].length } : null;
  return { value, unit };
}
