import type { Certificate, OutOfFold, Population, Promised, Scope } from "../core/index.ts";
import { ruling } from "./accept.ts";
import { boundFor, methodOf, missingLabels } from "./thresholds.ts";
import { answersOf, counted } from "./scopes.ts";
import type { Step } from "./votes.ts";

/** Promises about whole documents: every labelled path of them accepted, and all of those right. */

/** The path of certificates that speak of whole documents. */
export const wholeDocument = "*";

export interface DocumentsClaim {
  readonly promise: Promised;
  readonly risk: number;
  readonly sourceOf: (example: string) => string;
  /** Paths whose absence is an answer: not accepted and "not stated", they hold no document back. */
  readonly optional?: ReadonlySet<string>;
}

/** What the certificates of the fields, of one promise and risk, come to for documents. */
export function certificateOfDocuments(
  rows: readonly OutOfFold[],
  fields: readonly Certificate[],
  scope: Scope,
  claim: DocumentsClaim,
): Certificate {
  const { promise, risk, sourceOf } = claim;
  const thresholdOf = thresholds(fields);
  const byExample = Map.groupBy(answersOf(rows, scope), ({ example }) => example);
  const judged = [...byExample].map(([example, answers]) => judge(example, answers, thresholdOf, claim));
  const documents = counted(judged, scope, sourceOf);
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
    population: scope,
    threshold: bound === null ? null : 0,
    labels: documents.length,
    accepted: some.length,
    wrong,
    bound,
    missing: bound === null ? (more === null ? null : Math.ceil(more * share)) : 0,
    method: methodOf(promise, scope),
  };
}

type ThresholdOf = (path: string, population: Population) => number;

/** From where on values are accepted, under the certificate that rules. */
function thresholds(fields: readonly Certificate[]): ThresholdOf {
  const byPath = Map.groupBy(fields, ({ path }) => path);
  const found = new Map(
    [...byPath].map(([path, some]) => [
      path,
      {
        known: ruling(some, "known")?.threshold ?? Infinity,
        new: ruling(some, "new")?.threshold ?? Infinity,
      },
    ]),
  );
  return (path, population) => found.get(path)?.[population] ?? Infinity;
}

interface Judged {
  readonly example: string;
  readonly accepted: boolean;
  readonly wrong: boolean;
}

function judge(
  example: string,
  answers: readonly OutOfFold[],
  thresholdOf: ThresholdOf,
  { optional }: DocumentsClaim,
): Judged {
  const isAccepted = ({ path, population, confidence }: OutOfFold) => confidence >= thresholdOf(path, population);
  const accepted = answers.filter(isAccepted);
  const open = answers.filter((row) => !isAccepted(row) && !(row.value === null && optional?.has(row.path) === true));
  return { example, accepted: open.length === 0 && accepted.length > 0, wrong: accepted.some(({ right }) => !right) };
}
