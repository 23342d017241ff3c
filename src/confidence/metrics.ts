/** How well confidences tell right from wrong. Null where nothing was calibrated. */

export interface Sure {
  /** In 0..1. */
  readonly confidence: number;
  readonly right: boolean;
}

/** Probability that a right answer is more confident than a wrong one; ties count half. */
export function auroc(answers: readonly Sure[]): number | null {
  const ranked = answers.toSorted((a, b) => a.confidence - b.confidence);
  let rights = 0;
  let rankSum = 0;
  for (let from = 0; from < ranked.length;) {
    let to = from;
    while (to < ranked.length && ranked[to]?.confidence === ranked[from]?.confidence) to++;
    const tied = ranked.slice(from, to).filter((answer) => answer.right).length;
    rights += tied;
    rankSum += tied * ((from + 1 + to) / 2);
    from = to;
  }
  const wrongs = ranked.length - rights;
  return rights === 0 || wrongs === 0 ? null : (rankSum - (rights * (rights + 1)) / 2) / (rights * wrongs);
}

/** Difference between confidence and accuracy in ten bins, weighted by their size. */
export function calibrationError(answers: readonly Sure[]): number | null {
  if (answers.length === 0) return null;
  const bins = Map.groupBy(answers, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  const gaps = [...bins.values()].map((bin) => {
    const sum = bin.reduce((total, answer) => total + answer.confidence, 0);
    return Math.abs(sum - bin.filter((answer) => answer.right).length);
  });
  return gaps.reduce((total, gap) => total + gap, 0) / answers.length;
}

/** Mean error among the k most confident answers, over all k: 0 is perfect. */
export function areaUnderRiskCoverage(answers: readonly Sure[]): number | null {
  if (answers.length === 0) return null;
  const ranked = answers.toSorted((a, b) => b.confidence - a.confidence);
  let wrong = 0;
  let sum = 0;
  for (const [index, answer] of ranked.entries()) {
    if (!answer.right) wrong++;
    sum += wrong / (index + 1);
  }
  return sum / ranked.length;
}

export interface RiskAtCoverage {
  /** Answers from this confidence on are accepted. */
  readonly threshold: number;
  /** Share accepted, 0..1. */
  readonly coverage: number;
  /** Share wrong among those. */
  readonly risk: number;
}

/** Error and share accepted at every confidence there is, the most confident first; equal ones go together. */
export function riskCoverage(answers: readonly Sure[]): readonly RiskAtCoverage[] {
  const ranked = answers.toSorted((a, b) => b.confidence - a.confidence);
  const curve: RiskAtCoverage[] = [];
  let wrong = 0;
  for (const [index, { confidence, right }] of ranked.entries()) {
    if (!right) wrong++;
    if (ranked[index + 1]?.confidence === confidence) continue;
    curve.push({ threshold: confidence, coverage: (index + 1) / ranked.length, risk: wrong / (index + 1) });
  }
  return curve;
}

export interface CalibrationPoint {
  readonly n: number;
  /** Mean of the bin. */
  readonly confidence: number;
  /** Share right in the bin. */
  readonly accuracy: number;
}

/** Confidence against accuracy in bins of equal size, the least confident first. */
export function calibrationCurve(answers: readonly Sure[], bins = 10): readonly CalibrationPoint[] {
  const ranked = answers.toSorted((a, b) => a.confidence - b.confidence);
  const cut = (bin: number) => Math.round((bin * ranked.length) / bins);
  return Array.from({ length: bins }, (_, bin) => ranked.slice(cut(bin), cut(bin + 1)))
    .filter((some) => some.length > 0)
    .map((some) => ({
      n: some.length,
      confidence: some.reduce((sum, { confidence }) => sum + confidence, 0) / some.length,
      accuracy: some.filter(({ right }) => right).length / some.length,
    }));
}
