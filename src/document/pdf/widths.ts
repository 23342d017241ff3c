/**
 * Rough widths of characters in common text fonts, in shares of the font size. A run's length is known,
 * the places of its characters are not: shares of these widths put word boxes closer than equal ones.
 */
const narrow = /[iIjl.,:;'|!()[\]{}tfr/\\ `°-]/;
const wide = /[mwMW@%©®€—…]/;
const capital = /[\p{Lu}&#+=<>~]/u;
/** Ideographs, kana, hangul and full-width forms fill their square. */
const square = /[\u1100-\u11FF\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF00-\uFF60]/;

function widthOf(character: string): number {
  if (narrow.test(character)) return 0.3;
  if (wide.test(character)) return 0.86;
  if (square.test(character)) return 1;
  if (capital.test(character)) return 0.68;
  return 0.54;
}

/**
 * Where each character starts, as a share of the whole length; one entry more than UTF-16 units, the last
 * one is 1.
 */
export function shares(text: string, monospaced: boolean): readonly number[] {
  const ends: number[] = [0];
  let sum = 0;
  for (const character of text) {
    // The second half of a surrogate pair starts where the first one ends.
    for (let unit = 1; unit < character.length; unit++) ends.push(sum);
    sum += monospaced ? 1 : widthOf(character);
    ends.push(sum);
  }
  return sum === 0 ? ends : ends.map((end) => end / sum);
}
