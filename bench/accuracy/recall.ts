import { type Candidate, candidateKinds, findOptions } from "../../src/candidates/index.ts";
import { type DocumentText, type Json, sameValue } from "../../src/core/index.ts";
import { labelledSteps } from "../../src/engine/deciding.ts";
import type { WorkflowDefinition } from "../../src/engine/definition.ts";
import { type FieldSpec, fieldsOf } from "../../src/ranking/fields.ts";
import { optionsOf } from "../../src/ranking/ranker.ts";
import { type Survey, surveyOf } from "../../src/ranking/survey.ts";

/** How often what is right is among the candidates found on the page: a ceiling for whatever chooses among them. */
export interface Recall {
  readonly path: string;
  /** Documents that state the value. */
  readonly n: number;
  readonly found: number;
  /** Mean number of candidates a document. */
  readonly candidates: number;
}

interface LabelledText {
  readonly text: DocumentText;
  readonly truth: Readonly<Record<string, Json>>;
}

/** The candidates the field's own kind proposes; for free text those of every kind, by kind. */
export function proposedFor(field: FieldSpec, survey: Survey): ReadonlyMap<string, readonly Candidate[]> {
  if (field.type === "enum") return new Map([["option", findOptions(survey.layout, field.options)]]);
  if (field.type !== "text") return new Map([[field.type, optionsOf(field, [], survey).candidates]]);
  return new Map(candidateKinds.map((kind) => [kind, survey.candidates(kind)]));
}

/** By path of what is read off the page: lists, and what is chosen from a set (routes), are left out. */
export function recallOf(definition: WorkflowDefinition, documents: readonly LabelledText[]): readonly Recall[] {
  const fields = labelledSteps(definition).flatMap(({ step: { kind, shape, schema } }) => {
    const points = kind === "extract" && schema !== undefined && !("chooses" in shape);
    return points ? fieldsOf(schema).filter(({ array }) => array === null) : [];
  });
  const tallies = new Map<string, { n: number; found: number; candidates: number }>();
  for (const { text, truth } of documents) {
    const survey = surveyOf(text);
    for (const field of fields) {
      const wanted = truth[field.path];
      if (wanted === undefined || wanted === null || typeof wanted === "object") continue;
      const tally = tallies.get(field.path) ?? { n: 0, found: 0, candidates: 0 };
      const all = [...proposedFor(field, survey).values()].flat();
      tally.n += 1;
      tally.found += Number(all.some(({ value }) => sameValue(value, wanted)));
      tally.candidates += all.length;
      tallies.set(field.path, tally);
    }
  }
  return [...tallies].map(([path, { n, found, candidates }]) => ({
    path,
    n,
    found: found / n,
    candidates: candidates / n,
  }));
}
