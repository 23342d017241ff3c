import { type Json, type Result, sameNames, sameValue, schemaPath, valueAt } from "../../core/index.ts";
import {
  areaUnderRiskCoverage,
  auroc,
  calibrationError,
  lowerBound,
  riskCoverage,
  upperBound,
} from "../../confidence/index.ts";
import { type TextScore, textScore } from "./texts.ts";

/** How results compare with labelled truth. A path missing from the truth is not scored; a truth of null means: not stated. */

export type Truth = Readonly<Record<string, Json>>;

export interface Labelled {
  readonly truth: Truth;
  /** Null: the document has no result, which is never right. */
  readonly result: Answered | null;
}

/** What is looked at of a result. */
export type Answered = Pick<Result, "status" | "output" | "decisions" | "usage">;

/** One scored answer: how sure it was, whether it was right, whether Weir accepted it without cloud or person. */
export interface Answer {
  readonly confidence: number | null;
  readonly right: boolean;
  readonly accepted: boolean;
  /** Named signals of the decision. */
  readonly evidence: Readonly<Record<string, number>>;
}

export interface FieldScore {
  readonly n: number;
  /** Share of best answers that were right, accepted or not. */
  readonly exact: number;
  /** Share accepted by neither cloud nor person. */
  readonly coverage: number;
  /** Share wrong among those, and where the true share lies with 95 % confidence; null when there are none. */
  readonly risk: number | null;
  readonly riskInterval: Interval | null;
  /** Area under the risk-coverage curve; null without confidences, as the next two. */
  readonly aurc: number | null;
  readonly auroc: number | null;
  /** Expected calibration error over ten bins. */
  readonly ece: number | null;
}

export type Interval = readonly [low: number, high: number];

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
    readonly untouchedInterval: Interval | null;
    readonly status: Readonly<Record<string, number>>;
    readonly secondsMedian: number | null;
    /** Working time a document, half, 95 and 99 of a hundred documents took no longer; null without documents. */
    readonly milliseconds: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
    /** Share of documents for which the language model was asked anything. */
    readonly decoderWoken: number;
    readonly cloudCalls: number;
  };
  readonly all: FieldScore;
  readonly fields: Readonly<Record<string, FieldScore>>;
  readonly lists: Readonly<Record<string, ListScore>>;
  /** By the label of the text a person wrote. */
  readonly texts: Readonly<Record<string, TextScore>>;
  /** What other measures of confidence are worth on the same answers, by their name. */
  readonly baselines: Readonly<Record<string, Baseline>>;
}

/** A measure of confidence on the answers that have it. */
export interface Baseline {
  readonly n: number;
  readonly auroc: number | null;
  readonly aurc: number | null;
  readonly ece: number | null;
  /** The most it could accept with at most the promised risk, had one known right from wrong. */
  readonly coverageAtRisk: number;
}

/** Labels that are whole texts, and the path each is compared with. */
export type TextLabels = ReadonlyMap<string, string>;

/** @param risk the promised one, for what baselines could accept */
export function score(given: readonly Labelled[], risk = 0.05, texts: TextLabels = new Map()): EvalScore {
  const labelled = given.map(({ truth, result }) => ({ result, truth: without(truth, texts) }));
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
    texts: textsOf(given, texts),
    baselines: baselinesOf(answers.flat(), risk),
  };
}

function without(truth: Truth, texts: TextLabels): Truth {
  return Object.fromEntries(Object.entries(truth).filter(([label]) => !texts.has(label)));
}

function textsOf(given: readonly Labelled[], texts: TextLabels): EvalScore["texts"] {
  const scored = [...texts].flatMap(([label, path]): (readonly [string, TextScore])[] => {
    const cases = given.flatMap(({ truth, result }) => {
      const reference = truth[label];
      return reference === undefined ? [] : [{ reference, decisions: result?.decisions ?? {}, path }];
    });
    return cases.length === 0 ? [] : [[label, textScore(cases)]];
  });
  return Object.fromEntries(scored);
}

/** Every scored answer with its path. */
export function answersOf(labelled: readonly Labelled[], texts: TextLabels = new Map()): readonly PathAnswer[] {
  return labelled.flatMap(({ truth, result }) => scoreDocument(without(truth, texts), result).answers);
}

export type PathAnswer = Answer & { readonly path: string };
type ListCount = { readonly path: string; readonly both: number; readonly got: number; readonly wanted: number };

function scoreDocument(truth: Truth, result: Answered | null): { answers: PathAnswer[]; lists: ListCount[] } {
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
function answerOf(result: Answered | null, path: string, wanted: Json): Answer {
  const decision = result?.decisions[path];
  if (!decision) return { confidence: null, right: false, accepted: false, evidence: {} };
  const local = decision.by !== "cloud" && decision.by !== "human";
  return {
    confidence: decision.confidence,
    right: sameValue(decision.value, wanted),
    accepted: decision.status === "accepted" && local,
    evidence: decision.evidence,
  };
}

const naming = new Set(["", ".name", ".substance", ".description"]);

/** The names a list was given by decisions, accepted or not; without any, by the output. */
function listOf(result: Answered | null, path: string): readonly Json[] {
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
  const wrong = accepted.filter(({ right }) => !right).length;
  const sure = sureOf(answers);
  return {
    n: answers.length,
    exact: share(answers.filter(({ right }) => right).length, answers.length),
    coverage: share(accepted.length, answers.length),
    risk: shareOrNull(wrong, accepted.length),
    riskInterval: interval(accepted.length, wrong),
    aurc: areaUnderRiskCoverage(sure),
    auroc: auroc(sure),
    ece: calibrationError(sure),
  };
}

export function sureOf(answers: readonly Answer[]) {
  return answers.flatMap(({ confidence, right }) => (confidence === null ? [] : [{ confidence, right }]));
}

/** Exact (Clopper-Pearson), two-sided. */
function interval(n: number, wrong: number): Interval | null {
  return n === 0 ? null : [lowerBound(n, wrong, 0.025), upperBound(n, wrong, 0.025)];
}

/** Signals in which a reader says how sure it is itself; a rival's are the opposite. */
const ownWord = /^(?!rival\.)(.+)\.(?:probability|margin|logprob|chance|lead|nearest)$/;

function baselinesOf(answers: readonly PathAnswer[], risk: number): Readonly<Record<string, Baseline>> {
  const names = new Set(answers.flatMap(({ evidence }) => Object.keys(evidence)).filter((name) => ownWord.test(name)));
  const measured = [...names].toSorted().map((name): readonly [string, Baseline] => {
    const reader = `${ownWord.exec(name)?.[1]}.`;
    // A reader that was asked and left a signal out meant 0.
    const asked = answers.filter(({ evidence }) => Object.keys(evidence).some((key) => key.startsWith(reader)));
    const sure = asked.map(({ evidence, right }) => ({ confidence: evidence[name] ?? 0, right }));
    return [name, baselineOf(sure, risk)];
  });
  const confidence = baselineOf(sureOf(answers), risk);
  const always = baselineOf(
    answers.map(({ right }) => ({ confidence: 1, right })),
    risk,
  );
  return { ...(confidence.n > 0 ? { confidence } : {}), ...Object.fromEntries(measured), "accept always": always };
}

function baselineOf(sure: readonly { readonly confidence: number; readonly right: boolean }[], risk: number): Baseline {
  const fitting = riskCoverage(sure).filter((point) => point.risk <= risk);
  return {
    n: sure.length,
    auroc: auroc(sure),
    aurc: areaUnderRiskCoverage(sure),
    ece: calibrationError(sure),
    coverageAtRisk: Math.max(0, ...fitting.map(({ coverage }) => coverage)),
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
  const untouchedWrong = untouched.filter((some) => some.some(({ right }) => !right)).length;
  const times = results.map((result) => result.usage.ms).toSorted((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  const woken = results.filter(({ usage: { local } }) => local.promptTokens + local.generatedTokens > 0);
  const states = Object.entries(Object.groupBy(results, ({ status }) => status));
  return {
    n: labelled.length,
    missing: labelled.length - results.length,
    untouched: share(untouched.length, labelled.length),
    untouchedWrong: shareOrNull(untouchedWrong, untouched.length),
    untouchedInterval: interval(untouched.length, untouchedWrong),
    status: Object.fromEntries(states.map(([status, some]) => [status, some.length])),
    secondsMedian: median === undefined ? null : median / 1_000,
    milliseconds: times.length === 0 ? null : { p50: at(times, 0.5), p95: at(times, 0.95), p99: at(times, 0.99) },
    decoderWoken: share(woken.length, results.length),
    cloudCalls: results.reduce((sum, result) => sum + result.usage.cloud.calls, 0),
  };
}

/** The nearest rank of a share among sorted values. */
const at = (sorted: readonly number[], part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
