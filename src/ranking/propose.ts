import { type Candidate, findOptions } from "../candidates/index.ts";
import type { DocumentText, Json } from "../core/index.ts";
import { agree, type Rankings, type SumRole, sumRoles } from "./agree.ts";
import { evidenceOf } from "./evidence.ts";
import type { FieldSpec } from "./fields.ts";
import { proposeLines } from "./lines.ts";
import { type Proposal, rankedMax } from "./proposal.ts";
import { optionsOf, rank, type Ranked, type RankerProfile, weightsFor } from "./ranker.ts";
import { proposeRows } from "./rows.ts";
import { ratesOf, roundingsOf } from "./rates.ts";
import { type Survey, surveyOf } from "./survey.ts";

interface ProposeOptions {
  readonly ranker: RankerProfile;
}

/** Proposes a value for every path of a schema by pointing at the page. */
export function proposeFields(
  fields: readonly FieldSpec[],
  text: DocumentText,
  options: ProposeOptions,
): readonly Proposal[] {
  return proposeFrom(surveyOf(text), fields, options);
}

/** The same for a document that was surveyed before. */
export function proposeFrom(
  survey: Survey,
  fields: readonly FieldSpec[],
  { ranker }: ProposeOptions,
): readonly Proposal[] {
  const single = fields.filter((field) => field.array === null);
  const rankings = new Map(single.map((field) => [field.path, rankField(field, single, survey, ranker)]));
  for (const [path, ranking] of agreed(single, rankings, survey)) rankings.set(path, ranking);
  const proposals = single.map((field) => proposalOf(field, rankings.get(field.path) ?? [], survey));
  return [...proposals, ...proposeLines(fields, survey), ...proposeRows(fields, survey)];
}

function rankField(
  field: FieldSpec,
  fields: readonly FieldSpec[],
  survey: Survey,
  ranker: RankerProfile,
): readonly Ranked[] {
  const rivals = fields.filter((other) => other !== field && other.type === field.type);
  const places = field.type === "enum" ? findOptions(survey.layout, field.options) : undefined;
  return rank(optionsOf(field, rivals, survey, places), weightsFor(field, ranker));
}

/** Rankings of the sums of a bill after choosing them together, by path; other paths are left out. */
export function agreed(
  fields: readonly FieldSpec[],
  rankings: ReadonlyMap<string, readonly Ranked[]>,
  survey: Survey,
): readonly (readonly [path: string, ranking: readonly Ranked[]])[] {
  const roles = sumRoles(fields);
  const given: Partial<Record<SumRole, readonly Ranked[]>> = {};
  for (const [role, field] of roles) given[role] = rankings.get(field.path) ?? [];
  const together: Rankings = agree(given, { rates: ratesOf(survey), roundings: roundingsOf(survey) });
  return [...roles].map(([role, field]) => [field.path, together[role] ?? []] as const);
}

function proposalOf(field: FieldSpec, ranking: readonly Ranked[], survey: Survey): Proposal {
  const [best, second] = ranking;
  return {
    path: field.path,
    field,
    value: best === undefined ? null : jsonOf(best.value, field),
    probability: best?.probability ?? 0,
    margin: (best?.probability ?? 0) - (second?.probability ?? 0),
    spans: best?.candidate?.spans ?? [],
    ranked: ranking.slice(0, rankedMax).map((one) => ({
      value: jsonOf(one.value, field),
      probability: one.probability,
      spans: one.candidate?.spans ?? [],
      labels: one.candidate === null ? [] : labelsAround(one.candidate, survey),
    })),
    evidence: best === undefined ? {} : evidenceOf(best, ranking, survey),
  };
}

/** Longer ones are sentences, not labels. */
const labelLengthMax = 60;

/** The words beside a candidate that may say what it is. */
export function labelsAround(candidate: Candidate, survey: Survey): readonly string[] {
  const { left, above, prior } = survey.context(candidate);
  const texts = [left, above, prior].map((label) => label.text.trim());
  return [...new Set(texts)].filter((text) => text !== "" && text.length <= labelLengthMax);
}

/** Candidates are text; a schema may want a JSON number. */
function jsonOf(value: string | null, field: FieldSpec): Json {
  return value !== null && field.numeric ? Number(value) : value;
}
