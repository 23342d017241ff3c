import { type Json, type Result, sameNames, sameValue, schemaPath, valueAt } from "../../core/index.ts";
import { areaUnderRiskCoverage, auroc, calibrationError } from "../../confidence/index.ts";

/** How results compare with labelled truth. A path missing from the truth is not scored; a truth of null means: not stated. */

export type Truth = Readonly<Record<string, Json>>;

export interface Labelled {
  readonly truth: Truth;
  /** Null: the document has no result, which is never right. */
  readonly result: Result | null;
}

/** One scored answer: how sure it was, whether it was right, whether Weir accepted it without cloud or person. */
export interface Answer {
  readonly confidence: number | null;
  readonly right: boolean;
  readonly accepted: boolean;
}

export interface FieldScore {
  readonly n: number;
  /** Share of best answers that were right, accepted or not. */
  readonly exact: number;
  /** Share accepted by neither cloud nor person. */
  readonly coverage: number;
  /** Share wrong among those; null when there are none. */
  readonly risk: number | null;
  /** Area under the risk-coverage curve; null without confidences, as the next two. */
  readonly aurc: number | null;
  readonly auroc: number | null;
  /** Expected calibration error over ten bins. */
  readonly ece: number | null;
}

/** Lists are compared as sets of names. */
export interface ListScore {
  /** Names in the truth. */
  readonly n: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

export interface EvalScore {
  readonly documents: {
    readonly n: number;
    readonly missing: number;
    /** Share whose every scored path was accepted by neither cloud nor person. */
    readonly untouched: number;
    /** Share of those with an error. */
    readonly untouchedWrong: number | null;
    readonly status: Readonly<Record<string, number>>;
    readonly secondsMedian: number | null;
    readonly cloudCalls: number;
  };
  readonly all: FieldScore;
  readonly fields: Readonly<Record<string, FieldScore>>;
  readonly lists: Readonly<Record<string, ListScore>>;
}

export function score(labelled: readonly Labelled[]): EvalScore {
  const scored = labelled.map(({ truth, result }) => scoreDocument(truth, result));
  const answers = scored.map((one) => one.answers);
  const byPath = Map.groupBy(answers.flat(), ({ path }) => path);
  const lists = Map.groupBy(
    scored.flatMap((one) => one.lists),
    ({ path }) => path,
  );
  return {
    documents: documentScore(labelled, answers),
    all: fieldScore(answers.flat()),
    fields: Object.fromEntries([...byPath].map(([path, some]) => [path, fieldScore(some)])),
    lists: Object.fromEntries([...lists].map(([path, some]) => [path, listScore(some)])),
  };
}

type PathAnswer = Answer & { readonly path: string };
type ListCount = { readonly path: string; readonly both: number; readonly got: number; readonly wanted: number };

function scoreDocument(truth: Truth, result: Result | null): { answers: PathAnswer[]; lists: ListCount[] } {
  const answers: PathAnswer[] = [];
  const lists: ListCount[] = [];
  for (const [path, wanted] of leaves(truth)) {
    if (Array.isArray(wanted)) lists.push({ path, ...sameNames(listOf(result, path), wanted) });
    else answers.push({ path, ...answerOf(result, path, wanted) });
  }
  return { answers, lists };
}

function* leaves(truth: Truth, prefix = ""): Generator<readonly [string, Json]> {
  for (const [key, value] of Object.entries(truth)) {
    const nested = value !== null && typeof value === "object" && !Array.isArray(value);
    if (nested) yield* leaves(value as Truth, `${prefix}${key}.`);
    else yield [prefix + key, value];
  }
}

/** Without a decision nothing is right, also where the truth is null. */
function answerOf(result: Result | null, path: string, wanted: Json): Answer {
  const decision = result?.decisions[path];
  if (!decision) return { confidence: null, right: false, accepted: false };
  const local = decision.by !== "cloud" && decision.by !== "human";
  return {
    confidence: decision.confidence,
    right: sameValue(decision.value, wanted),
    accepted: decision.status === "accepted" && local,
  };
}

const naming = new Set(["", ".name", ".substance", ".description"]);

/** The names a list was given by decisions, accepted or not; without any, by the output. */
function listOf(result: Result | null, path: string): readonly Json[] {
  const decided = Object.entries(result?.decisions ?? {}).filter(([key]) => {
    const generic = schemaPath(key);
    return generic.startsWith(`${path}.*`) && naming.has(generic.slice(path.length + 2));
  });
  if (decided.length > 0) return decided.map(([, { value }]) => value);
  const output = valueAt(result?.output, path);
  return Array.isArray(output) ? output : [];
}

const share = (some: number, all: number) => (all === 0 ? 0 : some / all);
const shareOrNull = (some: number, all: number) => (all === 0 ? null : some / all);

function fieldScore(answers: readonly Answer[]): FieldScore {
  const accepted = answers.filter((answer) => answer.accepted);
  const sure = answers.flatMap(({ confidence, right }) => (confidence === null ? [] : [{ confidence, right }]));
  return {
    n: answers.length,
    exact: share(answers.filter(({ right }) => right).length, answers.length),
    coverage: share(accepted.length, answers.length),
    risk: shareOrNull(accepted.filter(({ right }) => !right).length, accepted.length),
    aurc: areaUnderRiskCoverage(sure),
    auroc: auroc(sure),
    ece: calibrationError(sure),
  };
}

function listScore(counts: readonly ListCount[]): ListScore {
  const sum = (of: (one: ListCount) => number) => counts.reduce((total, one) => total + of(one), 0);
  const [both, got, wanted] = [sum((one) => one.both), sum((one) => one.got), sum((one) => one.wanted)];
  return {
    n: wanted,
    precision: shareOrNull(both, got),
    recall: shareOrNull(both, wanted),
    f1: shareOrNull(2 * both, got + wanted),
  };
}

function documentScore(labelled: readonly Labelled[], answers: readonly (readonly Answer[])[]): EvalScore["documents"] {
  const results = labelled.flatMap(({ result }) => (result ? [result] : []));
  const untouched = answers.filter((some) => some.length > 0 && some.every(({ accepted }) => accepted));
  const times = results.map((result) => result.usage.ms).toSorted((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  const states = Object.entries(Object.groupBy(results, ({ status }) => status));
  return {
    n: labelled.length,
    missing: labelled.length - results.length,
    untouched: share(untouched.length, labelled.length),
    untouchedWrong: shareOrNull(untouched.filter((some) => some.some(({ right }) => !right)).length, untouched.length),
    status: Object.fromEntries(states.map(([status, some]) => [status, some.length])),
    secondsMedian: median === undefined ? null : median / 1_000,
    cloudCalls: results.reduce((sum, result) => sum + result.usage.cloud.calls, 0),
  };
}
