import { type Candidate, candidateKinds, findOptions } from "../../candidates/index.ts";
import { type Json, lettersOf, sameValue } from "../../core/index.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import { fits, kindOf } from "../../ranking/ranker.ts";
import type { Survey } from "../../ranking/survey.ts";
import { type RenderingName, renderingNames, renderings } from "./renderings.ts";

/** A kind of candidate and how it is written out: "name:plain". What a path looks at is learned from examples. */
export type Finder = `${string}:${RenderingName}`;

/** Types whose printed form is not that of the page: only their own finder writes it. */
const formal = new Set(["money", "date", "iban", "vat", "currency", "integer", "decimal", "boolean", "enum"]);

/** The finder a path uses when nothing was learned. */
export function ownFinder(field: FieldSpec): Finder {
  return `${kindOf(field) ?? "text"}:plain`;
}

/** Finders that could hold the values of a path. */
function findersFor(field: FieldSpec): readonly Finder[] {
  if (formal.has(field.type)) return [ownFinder(field)];
  return candidateKinds.flatMap((kind) => renderingNames.map((rendering): Finder => `${kind}:${rendering}`));
}

/** One candidate as a finder writes it. */
export interface Found {
  readonly candidate: Candidate;
  readonly value: string;
}

/** What a finder proposes on a page for a path. */
export function find(finder: Finder, field: FieldSpec, survey: Survey): readonly Found[] {
  const [kind = "", rendering = "plain"] = finder.split(":");
  const write = renderings[rendering as RenderingName];
  return candidatesOf(kind, field, survey).flatMap((candidate) => {
    const value = write(candidate.value);
    return value === null ? [] : [{ candidate, value }];
  });
}

function candidatesOf(kind: string, field: FieldSpec, survey: Survey): readonly Candidate[] {
  if (field.type === "enum") return findOptions(survey.layout, field.options);
  const known = candidateKinds.find((one) => one === kind);
  if (known === undefined) return [];
  const all = survey.candidates(known);
  return known === kindOf(field) ? all.filter((one) => fits(one, field)) : all;
}

/** Whether a finder holds each truth: by example, by finder. */
export type Recall = readonly ReadonlySet<Finder>[];

/** Which finders hold the truth of an example; none where it is absent or stands nowhere. */
export function holding(field: FieldSpec, survey: Survey, truth: Json): ReadonlySet<Finder> {
  const holds = new Set<Finder>();
  if (truth === null) return holds;
  const finders = findersFor(field);
  const kinds = new Set(finders.map((finder) => finder.slice(0, finder.indexOf(":"))));
  const wanted = lettersOf(String(truth));
  for (const kind of kinds) {
    for (const candidate of candidatesOf(kind, field, survey)) writing(candidate, truth, wanted, kind, holds);
  }
  return new Set(finders.filter((finder) => holds.has(finder)));
}

/** Adds the finders of a kind that write a candidate as the truth does: every rendering leaves out, none adds. */
function writing(candidate: Candidate, truth: Json, wanted: string, kind: string, holds: Set<Finder>): void {
  if (sameValue(candidate.value, truth)) holds.add(`${kind}:plain`);
  else if (lettersOf(candidate.value).includes(wanted)) {
    for (const name of renderingNames) {
      const value = renderings[name](candidate.value);
      if (value !== null && sameValue(value, truth)) holds.add(`${kind}:${name}`);
    }
  }
}

/** More examples than this, and this share of them, must gain before another finder is looked at. */
const gainMin = 2;
const gainShareMin = 0.015;
const findersMax = 5;

/** The few finders that together hold the truths of the given examples: the path's own first, then by what they add. */
export function chooseFinders(field: FieldSpec, recall: Recall, examples: readonly number[]): readonly Finder[] {
  const chosen: Finder[] = [ownFinder(field)];
  const finders = findersFor(field);
  const wanted = examples.filter((at) => (recall[at]?.size ?? 0) > 0);
  let open = wanted.filter((at) => recall[at]?.has(chosen[0] ?? "text:plain") !== true);
  while (chosen.length < findersMax) {
    const gains = finders.map((finder) => open.filter((at) => recall[at]?.has(finder)).length);
    const most = Math.max(0, ...gains);
    const best = finders[gains.indexOf(most)];
    if (best === undefined || most < Math.max(gainMin, gainShareMin * wanted.length)) break;
    chosen.push(best);
    open = open.filter((at) => recall[at]?.has(best) !== true);
  }
  return chosen;
}
