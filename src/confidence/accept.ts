import {
  type Certificate,
  type Population,
  type Promised,
  type Scope,
  populations,
  schemaPath,
  scopes,
} from "../core/index.ts";

/** What a profile promises and where the document comes from. */
export interface Terms {
  readonly promise: Promised;
  readonly risk: number;
  readonly population: Population;
}

/** Finds the certificate under which a value of this path and confidence is accepted; null: none does. */
export type Accepts = (path: string, confidence: number) => Certificate | null;

type Stands = (certificate: Certificate) => boolean;

/**
 * What may be accepted under these terms. Only certificates of just this promise and risk count: a
 * stricter one would have a higher threshold anyway, and a laxer one promises something else.
 * `path` may be that of a list's item ("lines.0.amount").
 * @param stands false for a certificate that was withdrawn
 */
export function acceptance(
  certificates: readonly Certificate[],
  { promise, risk, population }: Terms,
  stands: Stands = () => true,
): Accepts {
  const fitting = certificates.filter((one) => one.promise === promise && one.risk === risk);
  const byPath = Map.groupBy(fitting, ({ path }) => path);
  return (path, confidence) => {
    const certificate = ruling(byPath.get(schemaPath(path)) ?? [], population, stands);
    return certificate !== null && confidence >= (certificate.threshold ?? Infinity) ? certificate : null;
  };
}

/**
 * Whether values of a path are accepted on a certificate wherever they come from: what is labelled of
 * the others later was chosen by its doubts.
 */
export function isCertified(certificates: readonly Certificate[], terms: Omit<Terms, "population">, path: string) {
  return populations.some((population) => acceptance(certificates, { ...terms, population })(path, 1) !== null);
}

/**
 * The one certificate that rules over documents of a population, of those of one path, promise and risk.
 *
 * Where known and new senders each have one, each has its own. Where not, that about documents as they
 * come rules over all of them: a lower threshold for known senders beside it would fill up the errors
 * that it allows a second time. Where there is none, or it was withdrawn, a population has its own at
 * best.
 */
export function ruling(
  certificates: readonly Certificate[],
  population: Population,
  stands: Stands = () => true,
): Certificate | null {
  const made = (scope: Scope) => certificates.find((one) => one.population === scope && one.threshold !== null) ?? null;
  const [any, own] = [made("any"), made(population)];
  const apart = made("known") !== null && made("new") !== null;
  if (!apart && any !== null && stands(any)) return any;
  return own !== null && stands(own) ? own : null;
}

/** The scopes whose certificates rule over some documents, of those of one path, promise and risk. */
export function rulingScopes(certificates: readonly Certificate[]): readonly Scope[] {
  const rulers = new Set(populations.map((one) => ruling(certificates, one)?.population));
  return scopes.filter((scope) => rulers.has(scope));
}
