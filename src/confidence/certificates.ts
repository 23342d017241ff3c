import type { Certificate, OutOfFold, Promised, Scope } from "../core/index.ts";
import { promises, scopes } from "../core/index.ts";
import { chanceOfAtLeast } from "./bounds.ts";
import { certificateOfDocuments } from "./documents.ts";
import { pooledPaths, pooledSteps } from "./pooled.ts";
import { answersOf, counted } from "./scopes.ts";
import { fewestLabels, type Found, methodOf, missingLabels, thresholdFor } from "./thresholds.ts";
import { type Step, stepsOf } from "./votes.ts";

/** Risks every profile is tried at, besides the one that was asked for. */
export const riskLadder = [0.01, 0.02, 0.05, 0.1] as const;

export interface CertifyOptions {
  /** The risk that was asked for. */
  readonly risk: number;
  /** Who sent an example. */
  readonly sourceOf: (example: string) => string;
  /** Paths whose absence is an answer: not accepted and "not stated", they hold no document back. */
  readonly optional?: ReadonlySet<string>;
  /**
   * Whether an answer is one of documents as they come. One that was labelled because it was in doubt is
   * not: those that were accepted in its place have no label, and what is left would look harder than it is.
   * Default: all are.
   */
  readonly isDrawn?: (row: OutOfFold) => boolean;
  /** Whether what is labelled of an example has nothing to do with doubts; default: of all. */
  readonly isWhole?: (example: string) => boolean;
}

/**
 * What may be promised after these labelled answers: a certificate for every path and for whole
 * documents ("*"), for known senders, for new ones and for documents as they come, at every risk of the ladder,
 * of every kind. About new senders one answer of each sender counts, so that its numbers are numbers
 * of senders. Which of the three rules over a document is up to `ruling`.
 *
 * "not stated" is an answer like others. A document counts as accepted when every labelled path of it
 * is, at the thresholds of the same risk; it is wrong when one of them is. Its certificate has no
 * threshold of its own: 0 when the promise holds for documents too.
 */
export function certify(rows: readonly OutOfFold[], options: CertifyOptions): readonly Certificate[] {
  const { isDrawn = () => true, isWhole = () => true } = options;
  const paths = [...new Set(rows.map(({ path }) => path))];
  const drawn = rows.filter((row) => isDrawn(row));
  const whole = rows.filter(({ example }) => isWhole(example));
  const risks = [...new Set([...riskLadder, options.risk])].toSorted((a, b) => a - b);
  const byPath = new Map(
    paths.map((path) => [
      path,
      trialsOf(
        drawn.filter((row) => row.path === path),
        options,
      ),
    ]),
  );
  const together = pooledPaths(drawn);
  const pooled = pooledTrials(
    drawn.filter(({ path }) => together.has(path)),
    options,
  );
  return promises.flatMap((promise) =>
    risks.flatMap((risk) => {
      const claim = { promise, risk };
      const fields = paths.flatMap((path) => {
        const own = byPath.get(path) ?? noTrials;
        if (promise !== "pooled") return forPath(path, own, claim);
        const all = together.has(path) ? pooled : noTrials;
        return forPath(path, all, claim).map((one) => sharedBy(one, own));
      });
      const documents = scopes.map((one) => certificateOfDocuments(whole, fields, one, { ...options, ...claim }));
      return fields.concat(documents);
    }),
  );
}

interface Claim {
  readonly promise: Promised;
  readonly risk: number;
}

/** The steps of each scope. */
type Trials = Readonly<Record<Scope, readonly Step[]>>;

const noTrials: Trials = { known: [], new: [], any: [] };

function trialsOf(rows: readonly OutOfFold[], { sourceOf }: CertifyOptions): Trials {
  const of = (scope: Scope) => stepsOf(counted(answersOf(rows, scope), scope, sourceOf));
  return { known: of("known"), new: of("new"), any: of("any") };
}

function pooledTrials(rows: readonly OutOfFold[], { sourceOf }: CertifyOptions): Trials {
  const of = (scope: Scope) => pooledSteps(rows, scope, sourceOf);
  return { known: of("known"), new: of("new"), any: of("any") };
}

/** The promise about all fields as it stands for one of them: with this field's own labels beside the common bound. */
function sharedBy(pooled: Certificate, trials: Trials): Certificate {
  const steps = trials[pooled.population];
  const { threshold } = pooled;
  const own = steps.findLast((one) => one.threshold >= (threshold ?? 0));
  return {
    ...pooled,
    labels: steps.at(-1)?.accepted ?? 0,
    accepted: own?.accepted ?? 0,
    wrong: own?.wrong ?? 0,
    // Parts of documents were counted.
    missing: pooled.missing === null ? null : Math.ceil(pooled.missing),
  };
}

function forPath(path: string, trials: Trials, claim: Claim): readonly Certificate[] {
  const of = (population: Scope) => certificateOf({ path, population, steps: trials[population] }, claim);
  const [known, fresh] = [of("known"), of("new")];
  return [lent(known, fresh, trials.known) ?? known, fresh, of("any")];
}

interface Subject {
  readonly path: string;
  readonly population: Scope;
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
