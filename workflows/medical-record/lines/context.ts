/**
 * What the words around a finding make of it: denied, suspected, of a relative, of the past, of which side. After
 * ConText (Harkema and others, 2009): triggers before or behind the finding, each with a reach that ends at the
 * next clause. Pure.
 */

export interface Context {
  readonly negated: boolean;
  readonly uncertain: boolean;
  /** The relative who has it; null: the patient. */
  readonly relative: string | null;
  readonly historical: boolean;
  readonly resolved: boolean;
  readonly laterality: "left" | "right" | "bilateral" | null;
}

/** Alternatives of a trigger, longest first where one begins another. */
const any = (...words: readonly string[]) => `(?:${words.join("|")})`;

/** Words that look like a trigger and are none. */
const pseudo = new RegExp(
  any(
    "no (?:significant |interval |acute |further )?(?:increase|change|improvement|worsening|progression)(?: in| of)?",
    "not (?:only|necessarily|certain (?:if|whether)|drain)",
    "gram[- ]negative",
    "without (?:difficulty|any difficulty|complications?|mention of)",
    "no longer",
    "negative (?:pressure|margin|feedback)s?",
    "no (?:new )?(?:complaints?|concerns?) (?:other than|except)",
    "rule of",
  ),
  "gi",
);

const negatesAhead = new RegExp(
  `\\b${any(
    "no (?:known |evidence of |signs? of |symptoms? of |suggestion of |history of |h/o |hx of |new |acute |prior |personal history of )*",
    "den(?:y|ies|ied|ying)(?: any| having| a)?(?: history of| hx of)?",
    "without (?:any |evidence of |signs? of )?",
    "absen(?:ce|t) (?:of )?",
    "negative for",
    "neg for",
    "free of",
    "never (?:had|has had|have had|been diagnosed with|developed)",
    "(?:does|do|did|has|have|had|is|was|are|were) not (?:have|show|reveal|demonstrate|report|complain of|exhibit|had|experienced?|complained of)?(?: any| a)?",
    "(?:doesn't|don't|didn't|hasn't|haven't|isn't|wasn't) (?:have|had|show|report)?(?: any)?",
    "not (?:had|have|having|known to have|consistent with|compatible with|due to)(?: any)?",
    "ruled out(?: for)?",
    "fails to reveal",
    "rather than",
    "(?:neither|nor)",
  )}`,
  "gi",
);
const negatesBehind =
  /\b(?:(?:is|was|were|are|has been|have been|been)?\s*(?:ruled out|not (?:seen|present|identified|found|noted|detected|appreciated|demonstrated)|absent|denied|negative|unlikely|excluded))\b/gi;
const suspectsAhead = new RegExp(
  `\\b${any(
    "possibl[ey]",
    "probabl[ey]",
    "presumed?",
    "presumptive",
    "suspect(?:ed|s|ing)?(?: of| for)?",
    "suspicio(?:n|us) (?:of|for)",
    "likely",
    "questionable",
    "rule[- ]out",
    "r/o",
    "to rule out",
    "cannot (?:be )?exclude[d]?",
    "can(?:not|'t) rule out",
    "unable to rule out",
    "concern(?:ed|ing|s)? (?:for|about)",
    "worri(?:ed|some) (?:for|about)",
    "(?:may|might|could) (?:have|be|represent|indicate|reflect)",
    "consider(?:ation of)?",
    "differential (?:diagnosis )?(?:includes?|of)?:?",
    "evaluate (?:for|to)",
    "work[- ]?up (?:for|of)",
    "versus",
    "vs\\.?",
    "if (?:she|he|they|you|the patient)?",
    "at risk (?:for|of)",
    "risk of",
    "screening for",
  )}|(?:^|\\s)\\?+\\s*$`,
  "giu",
);
const suspectsBehind =
  /\b(?:(?:is|was)? ?(?:possible|probable|suspected|questionable|likely|to be ruled out|cannot be excluded|not (?:yet )?ruled out|under investigation|versus|vs\.?))\b|\?+\s*$/gi;
/** Words for relatives, as part of a pattern. */
export const relatives = any(
  "(?:grand|step|great[- ]?grand|god)?(?:mother|father)s?",
  "mom",
  "mum",
  "dad",
  "(?:half[- ])?(?:brother|sister|sibling)s?",
  "(?:grand)?(?:son|daughter|child|parent)s?",
  "aunts?",
  "uncles?",
  "cousins?",
  "nieces?",
  "nephews?",
  "wife",
  "husband",
  "spouse",
  "(?:paternal|maternal) (?:grand(?:mother|father)|aunts?|uncles?|relatives?)",
  "family members?",
  "relatives?",
);
const ofRelative = new RegExp(`\\b(?:(?:his|her|their|my|the patient's|patient's) )?(${relatives})\\b`, "gi");
const familyAhead =
  /\b(?:family (?:medical )?(?:history|hx)(?: (?:of|is|was|notable|significant|positive|remarkable))?(?: for)?|fhx?(?: of)?|runs in (?:the|his|her|their) family)\b/gi;
const pastAhead = new RegExp(
  `\\b${any(
    "(?:past |previous |prior |remote |personal |known |long ?standing |significant )*(?:medical )?(?:history|hx) (?:is |was )?(?:of|significant for|notable for|includes?|remarkable for|positive for)",
    "h/o",
    "hx of",
    "status[- ]post",
    "s/p",
    "previous(?:ly)?",
    "prior",
    "former(?:ly)?",
    "remote",
    "childhood",
    "in the past",
    "post(?=[- ]op)",
  )}`,
  "gi",
);
const pastBehind =
  /\b(?:(?:years?|months?|decades?) ago|in (?:the past|childhood)|as a (?:child|teenager|kid)|in remission|history)\b/gi;
const resolvedAround =
  /\b(?:resolved|resolution of|cured|healed|in (?:complete )?remission|treated successfully|no longer (?:has|have|present|active)|inactive)\b/gi;

/** Where the reach of a trigger ends. */
const clause =
  /[.;:!]\s|[;]|\b(?:but|however|although|though|except|aside from|apart from|other than|secondary to|because|since|which|who|yet|still|nevertheless|presents? with|presented with|complain(?:s|ed|ing)? of|(?<!not |n't )reports?|admits? to|is (?:on|taking)|has (?:had )?(?:a|an)? ?(?:history|hx)|does have|did have)\b/gi;

/** Words a trigger reaches at most. */
const wordsMax = 12;

/** The context of the finding at `start`…`end` of a sentence or an item of a list. */
export function contextOf(text: string, start: number, end: number): Context {
  const masked = text.replaceAll(pseudo, (hit) => "_".repeat(hit.length));
  const before = sinceClause(masked.slice(0, start));
  const inside = masked.slice(start, end);
  const behind = untilClause(masked.slice(end));
  const unsettled = reaches(suspectsAhead, before) || meets(suspectsBehind, behind) || /\bvs\.?\b|\?/i.test(inside);
  const relative = relativeIn(masked, start);
  return {
    negated: reaches(negatesAhead, withoutUnsettled(before)) || meets(negatesBehind, withoutUnsettled(behind)),
    uncertain: unsettled,
    relative: relative ?? (reaches(familyAhead, masked.slice(0, start)) ? "family" : null),
    historical: reaches(pastAhead, before) || meets(pastBehind, behind),
    resolved: meets(resolvedAround, behind) || reaches(resolvedAround, before),
    laterality:
      lateralityOf(inside) ?? lateralityOf(besideOf(behind)) ?? lateralityOf(partsOf(before.slice(-20)).at(-1) ?? ""),
  };
}

/** In a list each finding has a side of its own: "hip fracture, left" has, "reflux, left hip fracture" has none. */
const partsOf = (text: string) => text.split(/[,;]|\band\b/i);
const sideAlone = /^,?\s*(?:on the )?(?:left|right|bilateral(?:ly)?)(?:[- ]sided)?(?: side)?\s*(?=[,;.)]|$)/i;
const besideOf = (behind: string) => sideAlone.exec(behind)?.[0] ?? partsOf(behind.slice(0, 25))[0] ?? "";

/** "Cannot exclude" denies nothing. */
const withoutUnsettled = (text: string) =>
  text.replaceAll(
    /\b(?:cannot (?:be )?exclude[d]?|can(?:not|'t) rule out|unable to rule out|not (?:yet )?ruled out|to be ruled out|rule[- ]out)\b/gi,
    "_",
  );

function sinceClause(before: string): string {
  const ends = [...before.matchAll(clause)];
  const last = ends.at(-1);
  return last ? before.slice(last.index + last[0].length) : before;
}

function untilClause(behind: string): string {
  clause.lastIndex = 0;
  const next = clause.exec(behind);
  clause.lastIndex = 0;
  return next ? behind.slice(0, next.index) : behind;
}

/** Whether a trigger stands before the finding, and near enough. */
function reaches(trigger: RegExp, before: string): boolean {
  const last = [...before.matchAll(trigger)].at(-1);
  if (!last) return false;
  const between = before.slice(last.index + last[0].length).trim();
  return between === "" || between.split(/\s+/).length <= wordsMax;
}

/** Whether a trigger stands right behind the finding. */
function meets(trigger: RegExp, behind: string): boolean {
  const [first] = [...behind.matchAll(trigger)];
  if (!first) return false;
  const between = behind.slice(0, first.index).trim();
  return between === "" || between.split(/\s+/).length <= 5;
}

function relativeIn(text: string, start: number): string | null {
  const before = text.slice(0, start);
  const sentence = before.slice(Math.max(before.lastIndexOf(". "), before.lastIndexOf("; "), 0));
  const last = [...sentence.matchAll(ofRelative)].at(-1);
  if (!last) return null;
  const since = sentence.slice(last.index + last[0].length);
  // "Her mother drove her in. She has a cough": the patient is spoken of again.
  return /\b(?:patient|she|he|i|pt) (?:has|had|is|was|denies|reports|have|complains)\b/i.test(since)
    ? null
    : (last[1] ?? last[0]).toLowerCase();
}

export function lateralityOf(text: string): Context["laterality"] {
  if (
    /\b(?:bilateral(?:ly)?|both (?:sides|eyes|ears|knees|hips|legs|arms|hands|feet|lungs|breasts|shoulders))\b/i.test(
      text,
    )
  )
    return "bilateral";
  const left = /\b(?:left|left-sided|lt)\b/i.test(text);
  const right = /\b(?:right|right-sided|rt)\b/i.test(text);
  return left === right ? null : left ? "left" : "right";
}
