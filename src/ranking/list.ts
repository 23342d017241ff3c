import type { Row } from "../candidates/index.ts";
import type { FieldSpec } from "./fields.ts";
import { likeness, meaningOf } from "./labels.ts";
import { type Found, cellValue, spanAt } from "./row-values.ts";
import type { Survey } from "./survey.ts";

/** Lists of single values: what stands under or after a heading that names them. */

/** A heading that fits less is none. */
const fitMin = 0.45;
/** Line heights between two entries, at most. */
const gapMax = 1.9;
const bullet = /^\s*(?:[-–•*‣▪◦]|\d{1,2}[.)])\s+/;

export function listItems(field: FieldSpec, survey: Survey): readonly Found[] {
  const { rows } = survey.layout;
  for (const row of rows) {
    const heading = /^\s*(?:[-–•*]\s+)?(?<label>[^:]{2,48})(?<colon>:?)(?<rest>.*)$/su.exec(row.text)?.groups ?? {};
    const { label = "", colon = "", rest = "" } = heading;
    const meaning = meaningOf(label);
    if (Math.max(likeness(meaning, field.meaning), likeness(meaning, field.named)) < fitMin) continue;
    const found =
      rest.trim() === "" ? below(row, rows, field, survey) : colon === "" ? [] : inline(row, rest, field, survey);
    if (found.length > 0) return found;
  }
  return [];
}

/** "Tags: red, green; blue". */
function inline(row: Row, rest: string, field: FieldSpec, survey: Survey): readonly Found[] {
  const from = row.text.length - rest.length;
  return [...rest.matchAll(/[^,;•|]+/g)].flatMap(({ 0: part, index }) => {
    const start = from + index + (part.length - part.trimStart().length);
    return entry(row, start, start + part.trim().length, field, survey);
  });
}

/** Entries with a bullet or number as long as there are any; else each row up to the next gap. */
function below(heading: Row, rows: readonly Row[], field: FieldSpec, survey: Survey): readonly Found[] {
  const found: Found[] = [];
  let before = heading;
  const hasBullets = bullet.test(rows[heading.index + 1]?.text ?? "");
  for (const row of rows.slice(heading.index + 1)) {
    if (row.page !== before.page || row.top - before.top > gapMax) break;
    before = row;
    const sign = bullet.exec(row.text)?.[0].length ?? 0;
    const start = sign > 0 ? sign : row.text.length - row.text.trimStart().length;
    const last = found.at(-1);
    if (hasBullets && sign === 0) {
      if (last === undefined || start === 0) break;
      const span = spanAt(row, start, row.text.trimEnd().length);
      found[found.length - 1] = {
        value: `${last.value} ${span.text.replaceAll(/\s+/g, " ")}`,
        spans: [...last.spans, span],
      };
    } else found.push(...entry(row, start, row.text.trimEnd().length, field, survey));
  }
  return found;
}

function entry(row: Row, start: number, end: number, field: FieldSpec, survey: Survey): readonly Found[] {
  const text = row.text.slice(start, end);
  const left = survey.layout.columnAt(row, start);
  const right = survey.layout.columnAt(row, end);
  const found = text === "" ? null : cellValue(field, row, { row: row.index, text, start, end, left, right }, survey);
  return found === null ? [] : [found];
}
