/**
 * ROUGE as Google's scorer computes it without stemming: F-measures of shared words (1), shared pairs
 * of neighbours (2) and the longest common subsequence (L), over lower-case letters and digits.
 */
export interface Rouge {
  readonly rouge1: number;
  readonly rouge2: number;
  readonly rougeL: number;
}

export function rouge(summary: string, reference: string): Rouge {
  const [mine, theirs] = [rougeWords(summary), rougeWords(reference)];
  return {
    rouge1: overlap(mine, theirs),
    rouge2: overlap(pairs(mine), pairs(theirs)),
    rougeL: fMeasure(longestCommon(mine, theirs), mine.length, theirs.length),
  };
}

/** Words as ROUGE sees them. */
export function rougeWords(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function overlap(mine: readonly string[], theirs: readonly string[]): number {
  const left = countsOf(theirs);
  let both = 0;
  for (const word of mine) {
    const some = left.get(word) ?? 0;
    if (some === 0) continue;
    both += 1;
    left.set(word, some - 1);
  }
  return fMeasure(both, mine.length, theirs.length);
}

/** How often each occurs. */
export function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const pairs = (words: readonly string[]) => words.slice(1).map((word, at) => `${words[at]} ${word}`);

const fMeasure = (both: number, mine: number, theirs: number) =>
  mine + theirs === 0 ? 0 : (2 * both) / (mine + theirs);

function longestCommon(mine: readonly string[], theirs: readonly string[]): number {
  let row = new Int32Array(theirs.length + 1);
  for (const word of mine) {
    const next = new Int32Array(theirs.length + 1);
    for (let at = 1; at <= theirs.length; at += 1) {
      next[at] = word === theirs[at - 1] ? (row[at - 1] ?? 0) + 1 : Math.max(row[at] ?? 0, next[at - 1] ?? 0);
    }
    row = next;
  }
  return row[theirs.length] ?? 0;
}
