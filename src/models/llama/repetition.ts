/** Longest part that is looked for, in tokens. */
const periodMax = 24;
/** How often a part comes in a row before it is no text any more. */
const timesMin = 8;

/** Whether a text has come to say the same over and over. Short parts may repeat more often: digits, dots. */
export function repeatsItself(tokens: readonly number[]): boolean {
  for (let period = 1; period <= periodMax; period++) {
    const length = period * timesMin + Math.max(0, 32 - period);
    if (tokens.length < length) continue;
    const from = tokens.length - length;
    let same = true;
    for (let at = from + period; same && at < tokens.length; at++) same = tokens[at] === tokens[at - period];
    if (same) return true;
  }
  return false;
}
