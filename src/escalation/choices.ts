import {
  type Decision,
  type DocumentText,
  type DraftData,
  type Json,
  type Span,
  canonicalJson,
  schemaPath,
} from "../core/index.ts";
import { unlikelyBelow } from "../confidence/index.ts";
import type { Schema } from "../ports/index.ts";
import { type FieldSpec, fieldsOf } from "../ranking/fields.ts";
import { leafAt } from "./leaf.ts";
import { genericRanker, ground, proposeFrom, surveyOf } from "../ranking/index.ts";

/** One of the values a path may have, for somebody who can only say which. */
export interface Choice {
  readonly value: Json;
  /** As it stands on the page, or the label itself. */
  readonly text: string;
  /** Empty where it does not stand on the page: labels. */
  readonly spans: readonly Span[];
}

/** A path with what it can be. */
export interface ChoicesOf {
  readonly path: string;
  readonly field: FieldSpec;
  readonly choices: readonly Choice[];
  /** Probability that one of the choices is right, or that nothing is and it may be so; null: nobody knows. */
  readonly covered: number | null;
}

/** Values on the page that are offered, and labels. */
const pointedMax = 4;
const labelsMax = 20;
/** Where chances are known, nothing more is offered once it is this sure that the right one is among them. */
export const surelyCovered = 0.98;
/** What else is on the page is offered where less than this is known of. */
const mostlyCovered = 0.9;
const offeredMin = 2;

/**
 * What each path can be: the local answer and its rivals first, then what else on the page has the
 * right form. Columns of tables have none: a person reads tables faster than a question about one.
 */
export function choicesOf(
  paths: readonly string[],
  draft: DraftData,
  schema: Schema,
  text: DocumentText,
): readonly ChoicesOf[] {
  const fields = fieldsOf(schema);
  const asked = paths.flatMap((path) => {
    const field = fields.find((one) => one.path === schemaPath(path));
    return field && field.array === null ? [{ path, field }] : [];
  });
  const pointed = asked.filter(({ path, field }) => !isLabelled(path, field, schema));
  const proposals = pointed.length === 0 ? [] : proposeFrom(surveyOf(text), fields, { ranker: genericRanker });
  return asked.map(({ path, field }) => {
    const decision = draft.decisions[path];
    if (isLabelled(path, field, schema)) {
      const choices = labelsFor(path, field, draft);
      return { path, field, choices, covered: coveredBy(choices, decision) };
    }
    const ranked = proposals.find((one) => one.path === path)?.ranked ?? [];
    const found = ranked.flatMap(({ value, spans }) =>
      value === null || spans.length === 0 ? [] : [choice(value, spans)],
    );
    const own = ownAnswers(path, draft, found, text);
    const known = coveredBy(own, decision) ?? 0;
    const all = distinct(known < mostlyCovered ? [...own, ...found] : own);
    const choices = all.slice(0, worthOffering(decision));
    return { path, field, choices, covered: coveredBy(choices, decision) };
  });
}

/** How many values are offered: as many as it takes to be nearly sure that the right one is among them. */
function worthOffering(decision: Decision | undefined): number {
  if (!decision || decision.confidence === null) return pointedMax;
  const ranked = [{ value: decision.value, confidence: decision.confidence }, ...decision.alternatives];
  let [mass, count] = [0, 0];
  for (const { value, confidence } of ranked) {
    mass += confidence ?? 0;
    // That nothing is stated can be answered anyway.
    if (value !== null) count += 1;
    if (mass >= surelyCovered) return Math.min(pointedMax, Math.max(offeredMin, count));
  }
  return pointedMax;
}

/** How likely it is that an answer has only to be pointed at. */
function coveredBy(choices: readonly Choice[], decision: Decision | undefined): number | null {
  if (!decision || decision.confidence === null) return null;
  const offered = new Set(choices.map(({ value }) => canonicalJson(value)));
  const ranked = [{ value: decision.value, confidence: decision.confidence }, ...decision.alternatives];
  return ranked
    .filter(({ value }) => value === null || offered.has(canonicalJson(value)))
    .reduce((sum, { confidence }) => sum + (confidence ?? 0), 0);
}

/** Whether its values are labels rather than words of the page; `label("routes")` has them at run time. */
export function isLabelled(path: string, { type }: FieldSpec, schema: Schema): boolean {
  return type === "boolean" || type === "enum" || leafAt(schema, path)?.meta()?.["weir"] === "label";
}

function labelsFor(path: string, { type, options }: FieldSpec, draft: DraftData): readonly Choice[] {
  const decision = draft.decisions[path];
  const best = decision ? [decision.value, ...decision.alternatives.map(({ value }) => value)] : [];
  const all: readonly Json[] = type === "boolean" ? [true, false] : options;
  return distinct([...best, ...all].flatMap((value) => (value === null ? [] : [label(value)]))).slice(0, labelsMax);
}

function label(value: Json): Choice {
  return { value, text: String(value), spans: [] };
}

function choice(value: Json, spans: readonly Span[]): Choice {
  return { value, text: spans.map((span) => span.text).join(" "), spans };
}

/** The local answer and its alternatives, with their places; not those that would be doubted if they were chosen. */
function ownAnswers(path: string, draft: DraftData, found: readonly Choice[], text: DocumentText): readonly Choice[] {
  const decision = draft.decisions[path];
  if (!decision) return [];
  const rivals = decision.alternatives.filter(({ confidence }) => (confidence ?? 1) >= unlikelyBelow);
  return [decision.value, ...rivals.map(({ value }) => value)].flatMap((value, at): readonly Choice[] => {
    if (value === null) return [];
    if (at === 0 && decision.source.length > 0) return [choice(value, decision.source)];
    const known = found.find((one) => canonicalJson(one.value) === canonicalJson(value));
    if (known) return [known];
    const { spans } = ground(value, text);
    return spans.length > 0 ? [choice(value, spans)] : [];
  });
}

function distinct(choices: readonly Choice[]): readonly Choice[] {
  const seen = new Set<string>();
  return choices.filter(({ value }) => {
    const key = canonicalJson(value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
