import type { Decision, Decisions, DraftData, Json, LabelledExample, LearnContext, Learned, Lesson } from "weir";
import { type OutOfFold, sameNames, sameValue, schemaPath } from "../../src/core/index.ts";
import { nameKey } from "./fact.ts";
import { draftOf } from "./draft.ts";
import { lists } from "./schema.ts";

/**
 * What reading by rules is worth on a house's own records: how often a name was right that was found in the same
 * way. Rules do not change by it; it gives them a probability, and under a certificate names are accepted.
 */

/** Ways of finding, each with how many names were found so and how many of them were right. */
type Ways = Readonly<Record<string, readonly [found: number, right: number]>>;

interface Answer {
  readonly example: string;
  readonly source: string;
  readonly path: string;
  readonly way: string;
  readonly value: Json;
  readonly right: boolean;
}

/** Rights and wrongs that every way starts with, so that one name proves nothing. */
const prior = [2, 1] as const;

const namePaths: ReadonlySet<string> = new Set([
  ...lists.map((list) => `${list}.*.${nameKey[list]}`),
  "patient.name",
  "patient.birthDate",
  "patient.sex",
]);

/** Found by whom, and with which signals. */
function wayOf(path: string, { by, evidence }: Decision): string {
  const signals = Object.keys(evidence).filter((name) => (evidence[name] ?? 0) > 0);
  return [path, by, ...signals.toSorted()].join(" ");
}

export async function learnFacts(examples: readonly LabelledExample[], context: LearnContext): Promise<Lesson> {
  const answers: Answer[] = [];
  for (const [at, example] of examples.entries()) {
    context.signal.throwIfAborted();
    context.progress("reading records", at / examples.length);
    answers.push(...answersTo(example, asData(context)));
  }
  const ways = tally(answers, ({ way }) => way);
  const ofSource = tally(answers, keyOfSource);
  const outOfFold = answers.map((answer): OutOfFold => {
    const [found, right] = ways[answer.way] ?? nothing;
    const [own, ownRight] = ofSource[keyOfSource(answer)] ?? nothing;
    const confidence = chanceOf([found - own, right - ownRight]);
    return {
      example: answer.example,
      path: answer.path,
      population: "new",
      value: answer.value,
      right: answer.right,
      confidence,
    };
  });
  return { model: ways as unknown as Json, outOfFold, problems: [], figures: {} };
}

export function asData({ settings, without }: Pick<LearnContext, "settings" | "without">): boolean {
  return settings["embedded"] !== "off" && !without.has("embedded");
}

function answersTo({ id, text, source, truth }: LabelledExample, embedded: boolean): readonly Answer[] {
  const { decisions } = draftOf(text, embedded);
  return Object.entries(decisions).flatMap(([at, decision]): Answer[] => {
    const path = schemaPath(at);
    const [list = ""] = at.split(".");
    const wanted = truth[path.includes("*") ? list : path];
    if (!namePaths.has(path) || wanted === undefined) return [];
    const { value } = decision;
    const right = Array.isArray(wanted) ? sameNames([value], wanted).both === 1 : sameValue(value, wanted);
    return [{ example: id, source, path, way: wayOf(path, decision), value, right }];
  });
}

const nothing = [0, 0] as const;
const keyOfSource = ({ way, source }: Answer) => `${way}\n${source}`;

function tally(answers: readonly Answer[], keyOf: (answer: Answer) => string): Ways {
  const groups = [...Map.groupBy(answers, keyOf)];
  return Object.fromEntries(
    groups.map(([key, some]) => [key, [some.length, some.filter(({ right }) => right).length]]),
  );
}

function chanceOf([found, right]: readonly [number, number]): number {
  const [n, k] = prior;
  return Math.round(((right + k) / (found + n)) * 1e6) / 1e6;
}

/** Names with the chance that they are right; accepted where a certificate covers it and nothing speaks against it. */
export function judged(draft: DraftData, learned: Learned | null): DraftData {
  const ways = learned?.model as Ways | null | undefined;
  if (!learned || !ways) return draft;
  const doubted = new Set(draft.doubts.flatMap(({ paths }) => paths));
  const decisions: Decisions = Object.fromEntries(
    Object.entries(draft.decisions).map(([at, decision]) => {
      const path = schemaPath(at);
      if (!namePaths.has(path)) return [at, decision];
      const confidence = chanceOf(ways[wayOf(path, decision)] ?? nothing);
      const certificate = doubted.has(at) ? null : learned.accepts(path, confidence);
      if (certificate === null) return [at, { ...decision, confidence }];
      const evidence = { ...decision.evidence, "certificate.risk": certificate.risk };
      return [at, { ...decision, confidence, evidence, status: "accepted" as const }];
    }),
  );
  return { ...draft, decisions };
}
