import { type Mention, mentionsOf } from "./context.ts";
import { isStated, quantitiesOf, unitOf } from "./numbers.ts";
import { isConditionLike, isDrugLike, spelledNumbers } from "./shapes.ts";

/** Whether the lines a sentence is bound to say what it says: the first of two methods, by rules. */

export const problemKinds = ["number", "unit", "name", "negation", "laterality", "subject", "words"] as const;
export type ProblemKind = (typeof problemKinds)[number];

export interface Problem {
  readonly kind: ProblemKind;
  /** What of the sentence the lines do not say. */
  readonly what: string;
}

export interface Support {
  /** 0..1: share of what the sentence says that its lines say, facts weighing most. */
  readonly score: number;
  readonly problems: readonly Problem[];
}

/** Words a note is written with, that no line needs to hold. */
const scaffold = new Set(
  "a an and are as at be been being but by did do does for from had has have he her hers him his i in into is it its of on or our out over she so than that the their them then there these they this those to today was we were which who will with would you your am also any can could may might must shall should some such up down about after again all during each further here if more most no nor not only other same under until very when where while per due both few denies denied reports reported states stated notes noted endorses presents presented patient patient's doctor clinician provider history past current currently present mr mrs ms dr s t n m re ve ll d don't doesn't didn't isn't wasn't haven't hasn't my me just like get got go going well now okay yes yeah".split(
    " ",
  ),
);

const scoreMin = 0.6;
const factWeight = 3;

/** @param lines texts of the lines the sentence is bound to, in order */
export function supportOf(sentence: string, lines: readonly string[]): Support {
  const source = mentionsOf(lines.join("\n"));
  const known = Map.groupBy(source, ({ stem }) => stem);
  const said = mentionsOf(sentence).filter(({ word }) => !scaffold.has(word) && !isNumber(word));
  const problems: Problem[] = numberProblems(sentence, lines);
  let [found, all] = [0, 0];
  for (const mention of said) {
    const weight = isName(mention) ? factWeight : 1;
    all += weight;
    const unit = unitOf(mention.word);
    const alike = unit === null ? nearest(mention, source) : source.filter(({ word }) => unitOf(word) === unit);
    const same = known.get(mention.stem) ?? alike;
    if (same.length === 0) {
      if (unit !== null) problems.push({ kind: "unit", what: mention.word });
      else if (isName(mention)) problems.push({ kind: "name", what: mention.word });
      continue;
    }
    const wrong = contradiction(mention, same);
    if (wrong) problems.push({ kind: wrong, what: mention.word });
    else found += weight;
  }
  const numbers = quantitiesOf(sentence).length;
  const bad = problems.filter(({ kind }) => kind === "number" || kind === "unit").length;
  const score = (found + factWeight * (numbers - bad) + 1) / (all + factWeight * numbers + 1);
  const thin = score < scoreMin && problems.length === 0;
  return { score, problems: thin ? [...problems, { kind: "words", what: sentence }] : problems };
}

const isNumber = (word: string) => /^\d/.test(word) || spelledNumbers.has(word);
const isName = ({ word }: Mention) => isDrugLike(word) || isConditionLike(word);

function numberProblems(sentence: string, lines: readonly string[]): Problem[] {
  const stated = lines.flatMap((line) => quantitiesOf(line));
  return quantitiesOf(sentence).flatMap((one): Problem[] => {
    const answer = isStated(one, stated);
    if (answer === "yes") return [];
    return [{ kind: answer === "no" ? "number" : "unit", what: one.unit ? `${one.text} ${one.unit}` : one.text }];
  });
}

/** The same word in another form: one is the beginning of the other. */
function nearest({ stem }: Mention, source: readonly Mention[]): readonly Mention[] {
  if (stem.length < 5) return [];
  const head = stem.slice(0, Math.max(5, stem.length - 3));
  return source.filter(
    (other) => other.stem.length >= 5 && (other.stem.startsWith(head) || stem.startsWith(other.stem)),
  );
}

/** What every mention of the word in the lines says otherwise. */
function contradiction(mention: Mention, same: readonly Mention[]): ProblemKind | null {
  if (same.every(({ denied }) => denied !== mention.denied)) return "negation";
  if (!mention.relative && same.every(({ relative }) => relative)) return "subject";
  if (mention.relative && same.every(({ relative }) => !relative)) return "subject";
  const sided = same.flatMap(({ side }) => side ?? []);
  if (mention.side !== null && !sided.includes(mention.side) && sided.length > 0) return "laterality";
  return null;
}
