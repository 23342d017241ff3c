import { type Certificate, type Population, type Promised, schemaPath } from "../core/index.ts";

/** What a profile promises and where the document comes from. */
export interface Terms {
  readonly promise: Promised;
  readonly risk: number;
  readonly population: Population;
}

/** Finds the certificate under which a value of this path and confidence is accepted; null: none does. */
export type Accepts = (path: string, confidence: number) => Certificate | null;

/**
 * What may be accepted under these terms. Only certificates of just this promise, risk and population
 * count: a stricter one would have a higher threshold anyway, and a laxer one promises something else.
 * `path` may be that of a list's item ("lines.0.amount").
 */
export function acceptance(certificates: readonly Certificate[], { promise, risk, population }: Terms): Accepts {
  const fitting = certificates.filter(
    (one) => one.promise === promise && one.risk === risk && one.population === population,
  );
  const byPath = new Map(fitting.map((one) => [one.path, one]));
  return (path, confidence) => {
    const certificate = byPath.get(schemaPath(path));
    if (certificate === undefined || certificate.threshold === null) return null;
    return confidence >= certificate.threshold ? certificate : null;
  };
}
