import { type Calibration, confidenceOf, fitCalibration, type Fold, populationFolds } from "../../confidence/index.ts";
import { type Json, type OutOfFold, type Population, sameValue } from "../../core/index.ts";
import { nearest, recordOf } from "./memory.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import type { Weights } from "../../ranking/ranker.ts";
import type { Example } from "../fit.ts";
import { claimsOf, type Familiarity } from "./claims.ts";
import { adds, fuseReaders, lessonsOf } from "./fusion.ts";
import { fused, hear, type Hearing } from "./options.ts";
import { ordersOf, type Order } from "./orders.ts";
import { type JudgedPlace, learnPath, type PathReaders, readExample, type Remembered } from "./path-readers.ts";
import type { Page } from "./places.ts";
import type { Sheet } from "./sheet.ts";
import { vocabularyOf } from "./spelling.ts";
import { isUnsure } from "./second.ts";
import { type Claim, type Signal, signalsOf } from "./signals.ts";

/** Cross-fitting: every example is read by readers, and judged by a calibration, that did not see it. */

/** Everything about the examples that learning needs, worked out once. */
export interface Course {
  readonly fields: readonly FieldSpec[];
  readonly sheets: readonly Sheet[];
  readonly pages: readonly Page[];
  readonly truths: readonly Readonly<Record<string, Json>>[];
  readonly ids: readonly string[];
  readonly remembered: Remembered;
  /** Examples whose labels may be learned from. */
  readonly sound: ReadonlySet<number>;
  /** The workflow's own signals. */
  readonly own: Readonly<Record<string, Signal>>;
}

/** An example as readers see it that did not learn from it. */
export interface Row {
  readonly example: number;
  readonly population: Population;
  readonly places: ReadonlyMap<string, readonly JudgedPlace[]>;
  readonly familiarity: Familiarity;
  /** The most alike pages its readers had learned from. */
  readonly near: readonly { readonly at: number; readonly likeness: number }[];
}

/** A row with what its readers say, by path. */
interface HeardRow extends Row {
  readonly heard: ReadonlyMap<string, { readonly hearing: Hearing; readonly lessons: readonly Example[] }>;
}

/** Whether examples were read rightly by readers that had not seen them: by path, by example. */
export type Rights = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

/** What is learned on top of the readers. */
export interface Judgement {
  readonly fusion: Readonly<Record<string, Weights>>;
  readonly orders: readonly Order[];
  readonly calibration: Calibration;
  readonly rights: Rights;
}

export interface LessonParts {
  readonly readers: ReadonlyMap<string, PathReaders>;
  readonly judgement: Judgement;
  readonly outOfFold: readonly OutOfFold[];
  /** Of those, what readers were not sure of: worth a second opinion. */
  readonly doubtful: readonly Doubtful[];
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** An out-of-fold answer that a second reader may change. */
export interface Doubtful {
  /** Its place in `outOfFold`. */
  readonly row: number;
  readonly example: number;
  readonly claim: Claim;
  readonly truth: Json;
  /** The answer anew, for the claim after a second opinion. */
  readonly answer: (claim: Claim) => OutOfFold;
}

const foldsCount = 5;
/** Measured on receipts and advertising orders: two dozen signals of some hundred answers want more than the usual pull. */
const pull = { shared: 2, path: 30 };

/**
 * @param progress told the share that is done; learning goes on when its promise does, or ends with its error
 */
export async function learnFields(course: Course, progress: (share: number) => Promise<void>): Promise<LessonParts> {
  const { ids, remembered } = course;
  const examples = ids.map((id, at) => ({ id, source: remembered.sources[at] ?? id }));
  const folds = populationFolds(examples, { count: foldsCount });
  const all = interleaved(folds.known, folds.new);
  let wooded: ReadonlySet<string> = new Set(course.sheets.map(({ field }) => field.path));
  const rows: Row[] = [];
  for (const [at, [population, fold]] of all.entries()) {
    rows.push(...rowsOf(course, population, fold, wooded));
    if (at + 1 === Math.min(trialFolds, all.length)) {
      wooded = new Set([...wooded].filter((path) => adds("trees", placesIn(rows, path))));
      rows.splice(0, rows.length, ...rows.map((row) => withoutTrees(row, wooded)));
    }
    await progress(((at + 1) / (all.length + 2)) * 0.9);
  }
  const heard = rows.map(heardRow);
  const outOfFold: OutOfFold[] = [];
  const doubtful: Doubtful[] = [];
  for (const [population, fold] of all) {
    const tested = new Set(fold.test);
    const judgement = judge(
      course,
      heard.filter((row) => !tested.has(row.example)),
    );
    for (const row of heard) {
      if (row.population !== population || !tested.has(row.example)) continue;
      for (const claim of claimsFor(course, row, judgement).values()) {
        const answer = (one: Claim) => answerTo(course, row, one, judgement.calibration);
        const truth = course.truths[row.example]?.[claim.field.path] ?? null;
        if (isUnsure(claim)) doubtful.push({ row: outOfFold.length, example: row.example, claim, truth, answer });
        outOfFold.push(answer(claim));
      }
    }
    await progress(0.9);
  }
  const readers = readersOf(course, [...ids.keys()], wooded);
  await progress(1);
  return { readers, judgement: judge(course, heard), outOfFold, doubtful, figures: figuresOf(course, rows) };
}

/** Folds after which trees are kept or given up, path by path: they cost more than all else. */
const trialFolds = 3;

/** The folds of both populations in turn, so that the first ones speak of both. */
function interleaved(known: readonly Fold[], fresh: readonly Fold[]): readonly (readonly [Population, Fold])[] {
  const all: (readonly [Population, Fold])[] = [];
  for (let at = 0; at < Math.max(known.length, fresh.length); at += 1) {
    const [one, other] = [known[at], fresh[at]];
    if (other !== undefined) all.push(["new", other]);
    if (one !== undefined) all.push(["known", one]);
  }
  return all;
}

function placesIn(rows: readonly Row[], path: string): readonly (readonly JudgedPlace[])[] {
  return rows.flatMap((row) => {
    const places = row.places.get(path);
    return places === undefined ? [] : [places];
  });
}

function heardRow(row: Row): HeardRow {
  const heard = [...row.places].map(([path, places]) => {
    const hearing = hear(places);
    return [path, { hearing, lessons: lessonsOf(places, hearing) }] as const;
  });
  return { ...row, heard: new Map(heard) };
}

function withoutTrees(row: Row, wooded: ReadonlySet<string>): Row {
  const places = [...row.places].map(([path, list]): readonly [string, readonly JudgedPlace[]] => {
    if (wooded.has(path)) return [path, list];
    return [path, list.map((one) => Object.assign({}, one, { scores: bare(one.scores) }))];
  });
  return { ...row, places: new Map(places) };
}

function bare({ trees: _trees, ...rest }: JudgedPlace["scores"]): JudgedPlace["scores"] {
  return rest;
}

/** Share of truths among the options of readers that did not see them, and how many options there are, by path. */
function figuresOf({ sheets }: Course, rows: readonly Row[]): LessonParts["figures"] {
  const figures = sheets.map(({ field }) => {
    const read = rows.flatMap(({ places }) => places.get(field.path) ?? []);
    const lists = rows.flatMap(({ places }) => (places.has(field.path) ? [places.get(field.path) ?? []] : []));
    const found = lists.filter((list) => list.some(({ right }) => right)).length;
    const count = Math.max(1, lists.length);
    return [field.path, { recall: thousandths(found / count), options: thousandths(read.length / count) }] as const;
  });
  return Object.fromEntries(figures);
}

const thousandths = (value: number) => Math.round(value * 1e3) / 1e3;

/** @param wooded paths that trees are grown for */
function readersOf(
  { sheets, remembered, sound }: Course,
  learn: readonly number[],
  wooded: ReadonlySet<string>,
): ReadonlyMap<string, PathReaders> {
  const usable = learn.filter((at) => sound.has(at));
  return new Map(
    sheets.map((sheet) => [
      sheet.field.path,
      learnPath(sheet, usable, remembered, { trees: wooded.has(sheet.field.path) }),
    ]),
  );
}

function rowsOf(course: Course, population: Population, fold: Fold, wooded: ReadonlySet<string>): readonly Row[] {
  const { sheets, remembered, sound } = course;
  const readers = readersOf(course, fold.learn, wooded);
  const learned = new Set(fold.learn.filter((at) => sound.has(at)));
  const words = vocabularyOf([...learned].map((at) => remembered.exemplars[at]?.tokens ?? []));
  return fold.test.map((example): Row => {
    const places = sheets.flatMap((sheet) => {
      const own = readers.get(sheet.field.path);
      if (own === undefined || (sheet.entries[example] ?? null) === null) return [];
      const read = readExample(sheet, example, own, remembered, (other) => learned.has(other));
      return [[sheet.field.path, read] as const];
    });
    const own = remembered.exemplars[example]?.tokens ?? [];
    const alike = remembered.likeness[example] ?? new Float64Array(0);
    const likeness = alike.reduce((most, one, other) => (learned.has(other) ? Math.max(most, one) : most), 0);
    return {
      example,
      population,
      places: new Map(places),
      familiarity: { likeness, familiar: words.share(own), words },
      near: nearest(alike, (other) => learned.has(other)),
    };
  });
}

/** Fusion, orders and calibration from rows that readers answered without having seen them. */
function judge(course: Course, rows: readonly HeardRow[]): Judgement {
  const sound = rows.filter((row) => course.sound.has(row.example));
  const fusion = Object.fromEntries(
    course.sheets.map(({ field: { path } }) => {
      return [path, fuseReaders(sound.flatMap(({ heard }) => heard.get(path)?.lessons ?? []))] as const;
    }),
  );
  const dates = course.fields.filter((field) => field.type === "date").map((field) => field.path);
  const seen = [...new Set(sound.map((row) => row.example))];
  const orders = ordersOf(
    dates,
    seen.map((at) => course.truths[at] ?? {}),
  );
  const claims = rows.map((row) => ({ row, own: claimsFor(course, row, { fusion, orders, rights: new Map() }) }));
  const rights = rightsOf(course, claims);
  const judged = claims.flatMap(({ row, own }) =>
    [...own.values()].map((claim) => {
      const { path } = claim.field;
      const signals = signalsOf({ ...claim, before: recordFor(row, rights)(path) }, course.own);
      return { path, signals, right: isRight(course, row.example, path, claim.value) };
    }),
  );
  return { fusion, orders, rights, calibration: fitCalibration(judged, { curveFrom: Infinity, pull }) };
}

/** A page of a sender that is known counts before the same page read as if it were not. */
function rightsOf(
  course: Course,
  claims: readonly { readonly row: Row; readonly own: ReadonlyMap<string, Claim> }[],
): Rights {
  const rights = new Map<string, Map<number, boolean>>(course.sheets.map(({ field }) => [field.path, new Map()]));
  for (const population of ["new", "known"] as const) {
    for (const { row, own } of claims) {
      if (row.population !== population) continue;
      for (const [path, { value }] of own) {
        rights.get(path)?.set(row.example, isRight(course, row.example, path, value));
      }
    }
  }
  return rights;
}

function claimsFor(course: Course, row: HeardRow, { fusion, orders, rights }: Omit<Judgement, "calibration">) {
  const readings = new Map([...row.heard].map(([path, { hearing }]) => [path, fused(hearing, fusion[path] ?? {})]));
  const page = course.pages[row.example];
  if (page === undefined) return new Map<string, never>();
  return claimsOf(course.fields, readings, orders, page, row.familiarity, recordFor(row, rights));
}

/** How well a path was read on the pages most like a row's, as far as that is known. */
function recordFor({ near }: Row, rights: Rights) {
  return (path: string) =>
    recordOf(near.map(({ at, likeness }) => ({ likeness, right: rights.get(path)?.get(at) ?? null })));
}

function isRight({ truths }: Course, example: number, path: string, value: Json): boolean {
  const truth = truths[example]?.[path];
  return truth !== undefined && sameValue(value, truth);
}

function answerTo(course: Course, row: Row, claim: Claim, calibration: Calibration): OutOfFold {
  const { path } = claim.field;
  return {
    example: course.ids[row.example] ?? "",
    path,
    population: row.population,
    value: claim.value,
    confidence: Math.round(confidenceOf(calibration, path, signalsOf(claim, course.own)) * 1e6) / 1e6,
    right: isRight(course, row.example, path, claim.value),
  };
}
