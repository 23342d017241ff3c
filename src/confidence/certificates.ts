import type { Certificate, OutOfFold, Population, Promised } from "../core/index.ts";
import { populations, promises } from "../core/index.ts";
import { chanceOfAtLeast } from "./bounds.ts";
import { boundFor, fewestLabels, type Found, methods, missingLabels, thresholdFor } from "./thresholds.ts";
import { oneOfEach, type Step, stepsOf } from "./votes.ts";

/** The path of certificates that speak of whole documents. */
export const wholeDocument = "*";

/** Risks every profile is tried at, besides the one that was asked for. */
export const riskLadder = [0.01, 0.02, 0.05, 0.1] as const;

export interface CertifyOptions {
  /** The risk that was asked for. */
  readonly risk: number;
  /** Who sent an example. */
  readonly sourceOf: (example: string) => string;
  /** Paths whose absence is an answer: not accepted and "not stated", they hold no document back. */
  readonly optional?: ReadonlySet<string>;
}

/**
 * What may be promised after these labelled answers: a certificate for every path and for whole
 * documents ("*"), for known and for new senders, at every risk of the ladder, of both kinds. About
 * new senders one answer of each sender counts, so that its numbers are numbers of senders.
 *
 * "not stated" is an answer like others. A document counts as accepted when every labelled path of it
 * is, at the thresholds of the same risk; it is wrong when one of them is. Its certificate has no
 * threshold of its own: 0 when the promise holds for documents too.
 */
export function certify(rows: readonly OutOfFold[], options: CertifyOptions): readonly Certificate[] {
  const paths = [...new Set(rows.map(({ path }) => path))];
  const risks = [...new Set([...riskLadder, options.risk])].toSorted((a, b) => a - b);
  const byPath = new Map(
    paths.map((path) => [
      path,
      trialsOf(
        rows.filter((row) => row.path === path),
        options,
      ),
    ]),
  );
  return promises.flatMap((promise) =>
    risks.flatMap((risk) => {
      const claim = { promise, risk };
      const fields = paths.flatMap((path) => forPath(path, byPath.get(path) ?? noTrials, claim));
      return fields.concat(forDocuments(rows, fields, claim, options));
    }),
  );
}

interface Claim {
  readonly promise: Promised;
  readonly risk: number;
}

/** The steps of each population. */
type Trials = Readonly<Record<Population, readonly Step[]>>;

const noTrials: Trials = { known: [], new: [] };

function trialsOf(rows: readonly OutOfFold[], options: CertifyOptions): Trials {
  const of = (population: Population) =>
    stepsOf(
      counted(
        rows.filter((row) => row.population === population),
        population,
        options,
      ),
    );
  return { known: of("known"), new: of("new") };
}

/**
 * The answers that count as independent ones: one a document (lists have many), and about new senders
 * one a sender. Further documents of known senders come from the very senders that were labelled, so
 * that each document stands for itself.
 */
function counted<Row extends { readonly example: string }>(
  rows: readonly Row[],
  population: Population,
  { sourceOf }: CertifyOptions,
): readonly Row[] {
  return oneOfEach(rows, ({ example }) => (population === "known" ? example : sourceOf(example)));
}

function forPath(path: string, trials: Trials, claim: Claim): readonly Certificate[] {
  const fresh = certificateOf({ path, population: "new", steps: trials.new }, claim);
  const known = certificateOf({ path, population: "known", steps: trials.known }, claim);
  return [lent(known, fresh, trials.known) ?? known, fresh];
}

interface Subject {
  readonly path: string;
  readonly population: Population;
  readonly steps: readonly Step[];
}

function certificateOf({ path, population, steps }: Subject, { promise, risk }: Claim): Certificate {
  const found = thresholdFor(steps, promise, risk);
  const labels = steps.at(-1)?.accepted ?? 0;
  return {
    path,
    promise,
    risk,
    population,
    threshold: found?.step.threshold ?? null,
    labels,
    ...shown(found, steps),
    bound: found?.bound ?? null,
    missing: found === null ? missingLabels(steps, promise, risk) : 0,
    method: methodOf(promise, population),
  };
}

/** Without a threshold: all labels, so that the error seen can be told. */
function shown(found: Found | null, steps: readonly Step[]): { readonly accepted: number; readonly wrong: number } {
  const { accepted, wrong } = found?.step ?? steps.at(-1) ?? { accepted: 0, wrong: 0 };
  return { accepted, wrong };
}

function methodOf(promise: Promised, population: Population): string {
  return population === "known" ? methods[promise] : `${methods[promise]}; one answer a sender`;
}

/** Chance below which known senders' labels are said to contradict a promise made about strangers. */
const contradiction = 0.2;

/**
 * A sender that was learned from is at least as easy to read as a stranger. Where the labels of known
 * senders are too few to promise anything at all (tickets, where senders hardly recur), the
 * certificate about strangers serves them too, unless those few labels contradict it.
 */
function lent(known: Certificate, fresh: Certificate, steps: readonly Step[]): Certificate | null {
  const { threshold } = fresh;
  if (threshold === null || known.labels >= fewestLabels(known.promise, known.risk)) return null;
  const step = steps.findLast((one) => one.threshold >= threshold) ?? { accepted: 0, wrong: 0 };
  if (chanceOfAtLeast(step.wrong, step.accepted, known.risk) < contradiction) return null;
  const { bound, missing, method } = fresh;
  return {
    ...known,
    threshold,
    bound,
    missing,
    accepted: step.accepted,
    wrong: step.wrong,
    method: `as new senders: ${method}`,
  };
}

function forDocuments(
  rows: readonly OutOfFold[],
  fields: readonly Certificate[],
  claim: Claim,
  options: CertifyOptions,
): readonly Certificate[] {
  const judged = (population: Population) => {
    const thresholds = new Map(
      fields.flatMap((one) => (one.population === population ? [[one.path, one.threshold] as const] : [])),
    );
    const documents = Map.groupBy(
      rows.filter((row) => row.population === population),
      ({ example }) => example,
    );
    const some = [...documents].map(([example, answers]) => judge(example, answers, thresholds, options));
    return counted(some, population, options);
  };
  return populations.map((population) => certificateOfDocuments(judged(population), population, claim));
}

interface Document {
  readonly example: string;
  readonly accepted: boolean;
  readonly wrong: boolean;
}

function judge(
  example: string,
  answers: readonly OutOfFold[],
  thresholds: ReadonlyMap<string, number | null>,
  { optional }: CertifyOptions,
): Document {
  const isAccepted = ({ path, confidence }: OutOfFold) => confidence >= (thresholds.get(path) ?? Infinity);
  const accepted = answers.filter(isAccepted);
  const open = answers.filter((row) => !isAccepted(row) && !(row.value === null && optional?.has(row.path) === true));
  return { example, accepted: open.length === 0 && accepted.length > 0, wrong: accepted.some(({ right }) => !right) };
}

function certificateOfDocuments(
  documents: readonly Document[],
  population: Population,
  { promise, risk }: Claim,
): Certificate {
  const some = documents.filter(({ accepted }) => accepted);
  const wrong = some.filter((one) => one.wrong).length;
  const bound = boundFor(some.length, wrong, promise, risk);
  const step: Step = { threshold: 0, accepted: some.length, wrong, expected: 0 };
  const share = documents.length / Math.max(1, some.length);
  const more = some.length === 0 ? null : missingLabels([step], promise, risk);
  return {
    path: wholeDocument,
    promise,
    risk,
    population,
    threshold: bound === null ? null : 0,
    labels: documents.length,
    accepted: some.length,
    wrong,
    bound,
    missing: bound === null ? (more === null ? null : Math.ceil(more * share)) : 0,
    method: methodOf(promise, population),
  };
}
