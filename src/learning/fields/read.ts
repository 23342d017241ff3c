import { confidenceOf } from "../../confidence/index.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import { type RankerProfile, scoreOf, weightsFor } from "../../ranking/ranker.ts";
import type { Survey } from "../../ranking/survey.ts";
import { claimsOf } from "./claims.ts";
import { behindBy, behindCue, forestScore } from "./forest.ts";
import { type Likeness, likenessTo, memoryCues, nearest, recollect, recordOf, tokensOf } from "./memory.ts";
import type { FieldsModel, PathModel } from "./model.ts";
import { fused, hear, type ReaderName, readerNames, type Scored } from "./options.ts";
import type { SecondWeights } from "./second.ts";
import { absentPlace, knownPlaces, pageOf, type Page, type Place, placesOf } from "./places.ts";
import { type Claim, type Signal, signalsOf } from "./signals.ts";
import { vocabularyOf } from "./spelling.ts";
import { ownFinder } from "./finders.ts";

/** A claim with the calibrated probability that it is right, and what that rests on. */
export interface Judged {
  readonly claim: Claim;
  readonly confidence: number;
  readonly signals: Readonly<Record<string, number>>;
}

export interface LearnedReader {
  /** Reads the learned paths of a page; the others are left out. */
  readonly read: (survey: Survey, without?: ReadonlySet<string>) => ReadonlyMap<string, Judged>;
  /** Judges a claim anew after a second opinion. */
  readonly judge: (claim: Claim) => Judged;
  /** Which second readers are worth asking, by path. */
  readonly second: SecondWeights;
}

const nobody: ReadonlySet<string> = new Set();

/** Makes a reader of what was learned. Costs some milliseconds: keep it as long as the profile. */
export function learnedReader(
  model: FieldsModel,
  fields: readonly FieldSpec[],
  { ranker, own }: { readonly ranker: RankerProfile; readonly own: Readonly<Record<string, Signal>> },
): LearnedReader {
  const single = fields.filter((field) => field.array === null);
  const learned = single.flatMap((field): readonly Learned[] => {
    const path = model.paths[field.path];
    return path === undefined ? [] : [{ field, model: path, values: valuesOf(field.path, model) }];
  });
  const likeness = likenessTo(model.memory);
  const words = vocabularyOf(model.memory.map(({ tokens }) => tokens));
  const judge = (claim: Claim) => judged(claim, model, own);
  const read = (survey: Survey, without = nobody) => {
    const page = pageOf(survey);
    const tokens = tokensOf(survey);
    const alike = likeness(tokens);
    const readings = new Map(
      learned.map((one) => [
        one.field.path,
        fused(hear(scoredPlaces(one, { single, page, model, alike, ranker, without })), one.model.fusion),
      ]),
    );
    const near = nearest(alike, () => true);
    const record = (path: string) =>
      recordOf(
        near.map(({ at, likeness: one }) => ({
          likeness: one,
          right: model.memory[at]?.answers[path]?.right ?? null,
        })),
      );
    const familiarity = {
      likeness: alike.reduce((most, one) => Math.max(most, one), 0),
      familiar: words.share(tokens),
      words,
    };
    const claims = claimsOf(
      learned.map(({ field }) => field),
      readings,
      model.orders,
      page,
      familiarity,
      record,
    );
    return new Map([...claims].map(([path, claim]) => [path, judge(claim)]));
  };
  return { read, judge, second: model.second };
}

interface Learned {
  readonly field: FieldSpec;
  readonly model: PathModel;
  /** Values of the learned documents, by key. */
  readonly values: ReadonlyMap<string, string>;
}

function valuesOf(path: string, { memory }: FieldsModel): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { answers } of memory) {
    const answer = answers[path];
    if (typeof answer?.value === "string" && !values.has(answer.key)) values.set(answer.key, answer.value);
  }
  return values;
}

interface Reading {
  readonly single: readonly FieldSpec[];
  readonly page: Page;
  readonly model: FieldsModel;
  readonly alike: ReturnType<Likeness>;
  readonly ranker: RankerProfile;
  /** Readers to do without. */
  readonly without: ReadonlySet<string>;
}

function scoredPlaces({ field, model: path, values }: Learned, reading: Reading): readonly Scored[] {
  const { single, page, model, alike, ranker, without } = reading;
  const places = placesOf(field, single, path.finders, page);
  const known = without.has("memory") ? [] : knownPlaces(field, single, values, places, page);
  const own = places.filter((place) => place.finder === ownFinder(field));
  const all: readonly Place[] = [...places, ...known, ...(path.absence ? [absentPlace(own)] : [])];
  const recollection = recollect(model.memory, field.path, alike, () => !without.has("memory"));
  const prior = weightsFor(field, ranker);
  const generic = all.map((place) => scoreOf(place.cues, prior));
  const top = generic.reduce((most, score) => Math.max(most, score), -Infinity);
  return all.map((place, at) => {
    const memory = memoryCues(place, recollection);
    const logit = scoreOf(place.cues, path.logit) + scoreOf(memory, path.logit);
    const score = generic[at] ?? 0;
    const value = (cue: string) => (cue === behindCue ? behindBy(top - score) : (memory[cue] ?? place.cues[cue] ?? 0));
    const trees = path.forest === null ? undefined : forestScore(path.forest, value);
    return { place, memory, scores: heard({ generic: score, logit, trees }, without) };
  });
}

/** The scores of readers that there are and that may speak; without any left, the weights that were always known. */
function heard(
  scores: Readonly<Record<ReaderName, number | undefined>>,
  without: ReadonlySet<string>,
): Scored["scores"] {
  const names = readerNames.filter((name) => scores[name] !== undefined && !without.has(name));
  return Object.fromEntries((names.length === 0 ? (["generic"] as const) : names).map((name) => [name, scores[name]]));
}

function judged(claim: Claim, { calibration }: FieldsModel, own: Readonly<Record<string, Signal>>): Judged {
  const signals = signalsOf(claim, own);
  return { claim, signals, confidence: confidenceOf(calibration, claim.field.path, signals) };
}
