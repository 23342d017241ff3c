import type { Candidate } from "../candidates/index.ts";
import { archetypeOf } from "./archetypes.ts";
import { fieldCues, ownCues } from "./cues.ts";
import type { FieldSpec, FieldType } from "./fields.ts";
import { meaningOf } from "./labels.ts";
import type { Cues } from "./signals.ts";
import type { Survey } from "./survey.ts";

/** A weight a cue. */
export type Weights = Readonly<Record<string, number>>;

/** What was learned: weights by path of the schema it was learned for, which serve fields like them too, and by type for all others. */
export interface RankerProfile {
  /** `weir.ranker/1`. */
  readonly schema: string;
  readonly learned: { readonly from: string; readonly on: string; readonly documents: number };
  readonly paths: Readonly<Record<string, Weights>>;
  readonly types: Readonly<Partial<Record<FieldType, Weights>>>;
}

/** One value for a path with what speaks for it. */
export interface Ranked {
  /** Null says that the page does not state it. */
  readonly value: string | null;
  readonly probability: number;
  readonly score: number;
  /** The best place that says so; null for absence. */
  readonly candidate: Candidate | null;
  /** All places that say so, best first. */
  readonly places: readonly Candidate[];
  readonly cues: Cues;
}

/** Candidates of a field with their cues, absence last where the field may be absent. */
export interface Options {
  readonly candidates: readonly Candidate[];
  readonly cues: readonly Cues[];
  /** Cues of absence; null where the page must state it. */
  readonly absent: Cues | null;
}

/** The kind of candidate that can be a value of each type. */
const kinds: Readonly<Record<FieldType, Candidate["kind"] | null>> = {
  money: "money",
  date: "date",
  iban: "iban",
  vat: "vat",
  currency: "currency",
  identifier: "identifier",
  name: "name",
  address: "address",
  place: "place",
  duration: "duration",
  text: "text",
  integer: "number",
  decimal: "number",
  enum: "text",
  boolean: null,
};

/** Own cues do not depend on the field; they are computed once a candidate, and forgotten with the survey. */
const ownKnown = new WeakMap<Survey, Map<Candidate, Cues>>();

function ownCuesOf(candidate: Candidate, survey: Survey): Cues {
  const known = ownKnown.get(survey) ?? new Map<Candidate, Cues>();
  ownKnown.set(survey, known);
  const own = known.get(candidate) ?? ownCues(candidate, survey);
  known.set(candidate, own);
  return own;
}

export function optionsOf(
  field: FieldSpec,
  rivals: readonly FieldSpec[],
  survey: Survey,
  optionsFor?: readonly Candidate[],
): Options {
  const kind = kindOf(field);
  const candidates = optionsFor ?? (kind === null ? [] : survey.candidates(kind).filter((one) => fits(one, field)));
  const cues = candidates.map((candidate) => {
    const own = ownCuesOf(candidate, survey);
    return { ...own, ...fieldCues(candidate, field, rivals, survey) };
  });
  return { candidates, cues, absent: field.nullable ? absenceOf(cues) : null };
}

/** The kind of candidate that can be a value of a field; null where none can. */
export function kindOf(field: FieldSpec): Candidate["kind"] | null {
  return kinds[field.type];
}

/** Whether a candidate of the field's kind can be its value. */
export function fits(candidate: Candidate, field: FieldSpec): boolean {
  if (field.type === "name") return !isLabel(candidate.value);
  if (field.type === "integer") return candidate.traits.includes("whole");
  return true;
}

/** Words that all announce a name ("SELLER TRADE NAME", "Nom du fournisseur") are none. */
function isLabel(text: string): boolean {
  const meaning = meaningOf(text);
  return meaning.has("name") && [...meaning].every((atom) => !atom.startsWith("w:"));
}

/** Absence is likelier the worse the best label fits. */
export function absenceOf(cues: readonly Cues[]): Cues {
  const best = (name: string) => Math.max(0, ...cues.map((cue) => cue[name] ?? 0));
  return {
    absent: 1,
    "absent:left": best("left~own"),
    "absent:above": Math.max(best("above~own"), best("prior~own"), best("above+~own")),
    "absent:section": best("section~own"),
    "absent:none": cues.length === 0 ? 1 : 0,
  };
}

/** Cues that mean the same for every field of a type; the others are words that only a path can weigh. */
export function isGeneric(cue: string): boolean {
  return !/^(?:L\+?|A|a|P|R|S)[:=]/.test(cue);
}

export function weightsFor(field: FieldSpec, profile: RankerProfile): Weights {
  const like = archetypeOf(field);
  const learned = profile.paths[field.path] ?? (like === null ? undefined : profile.paths[like]);
  return learned ?? profile.types[field.type] ?? {};
}

export function scoreOf(cues: Cues, weights: Weights): number {
  let score = 0;
  for (const [name, value] of Object.entries(cues)) score += value * (weights[name] ?? 0);
  return score;
}

/** Values of a field, likeliest first: softmax over places and absence, places of one value together. */
export function rank(options: Options, weights: Weights): readonly Ranked[] {
  const scored = options.candidates.map((candidate, at) => {
    const cues = options.cues[at] ?? {};
    return { candidate, cues, score: scoreOf(cues, weights) };
  });
  const absent = options.absent === null && scored.length > 0 ? null : (options.absent ?? {});
  const absentScore = absent === null ? null : scoreOf(absent, weights);
  const top = Math.max(absentScore ?? -Infinity, ...scored.map(({ score }) => score));
  const mass =
    scored.reduce((sum, { score }) => sum + Math.exp(score - top), 0) +
    (absentScore === null ? 0 : Math.exp(absentScore - top));
  const groups = Map.groupBy(scored, ({ candidate }) => sameValue(candidate.value));
  const ranked = [...groups.values()].flatMap((group): readonly Ranked[] => {
    const places = group.toSorted((a, b) => b.score - a.score);
    const [best] = places;
    if (best === undefined) return [];
    const probability = group.reduce((sum, { score }) => sum + Math.exp(score - top), 0) / mass;
    return [{ ...best, value: best.candidate.value, probability, places: places.map((one) => one.candidate) }];
  });
  if (absent !== null && absentScore !== null) {
    const probability = Math.exp(absentScore - top) / mass;
    ranked.push({ value: null, probability, score: absentScore, candidate: null, places: [], cues: absent });
  }
  return ranked.toSorted((a, b) => b.probability - a.probability);
}

/** Two printed forms are one value when only case, blanks and punctuation differ; a sign is no punctuation. */
export function sameValue(value: string): string {
  const letters = value
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
  return /^-?\d+(?:\.\d+)?$/.test(value) ? value : letters;
}
