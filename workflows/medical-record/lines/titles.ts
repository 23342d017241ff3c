import type { ListName } from "../schema.ts";

/**
 * What sections of clinical records are called: titles of LOINC's document ontology and the usual wordings beside
 * them. Pure.
 */

/** What a section holds. Lists give facts; the other kinds are prose or about the stay. */
export type SectionKind =
  | ListName
  | "pastHistory"
  | "diagnoses"
  | "administered"
  | "social"
  | "functional"
  | "encounters"
  | "reason"
  | "narrative"
  | "examination"
  | "administrative";

interface Wording {
  readonly kind: SectionKind;
  /** LOINC codes of sections of that kind. */
  readonly loinc: readonly string[];
  /** A title is of this kind where one of these stands in it… */
  readonly key: RegExp;
  /** …and every other word of it is one of these or a filler. */
  readonly beside: RegExp;
}

/** Words that say nothing about what a section holds. */
const filler =
  /^(?:a|all|an|and|as|at|by|chief|clinical|current|during|for|from|hospital|in|info|information|initial|known|list|lists|listing|medical|my|of|on|or|other|patient|patients|present|prior|recent|record|recorded|reported|review|s|section|significant|summary|the|this|to|visit|with)$/;

/** The first that fits decides, so the narrower stand first. */
const wordings: readonly Wording[] = [
  {
    kind: "familyHistory",
    loinc: ["10157-6"],
    key: /\b(?:family (?:medical )?(?:history|hx)|fhx|fh|familial history)\b/,
    beside: /^(?:family|history|hx|fhx|fh|conditions?|problems?)$/,
  },
  {
    kind: "social",
    loinc: ["29762-2"],
    key: /\b(?:social|shx|tobacco|smoking|habits|lifestyle)\b/,
    beside: /^(?:social|history|hx|shx|use|status|alcohol|drugs?|substance)$/,
  },
  {
    kind: "administered",
    loinc: ["29549-3"],
    key: /\b(?:medications?|drugs|meds) (?:administered|given)\b|\badministered (?:medications|drugs)\b|\b(?:premedication|pre medication)\b/,
    beside: /^(?:medications?|meds|drugs|administered|given|pre|premedication)$/,
  },
  {
    kind: "allergies",
    loinc: ["48765-2"],
    key: /\b(?:allerg(?:y|ies|ic|en|ens)|adverse (?:drug )?reactions?|sensitivities|intolerances?|adrs?)\b/,
    beside:
      /^(?:allerg\w*|adverse|reactions?|alerts?|intolerances?|sensitivit\w*|drugs?|food|medications?|substances?|environmental|history|adrs?)$/,
  },
  {
    kind: "immunizations",
    loinc: ["11369-6"],
    key: /\b(?:immuni[sz]ations?|vaccin(?:es?|ations?)|inoculations)\b/,
    beside: /^(?:immuni[sz]ations?|vaccin\w+|inoculations|history|status|administered|given|records?)$/,
  },
  {
    kind: "medications",
    loinc: ["10160-0", "10183-2", "42346-7", "75311-1"],
    key: /\b(?:medications?|medicines?|meds|prescriptions?|drugs|pharmacotherapy|rx)\b/,
    beside:
      /^(?:medications?|medicines?|meds|prescriptions?|drugs?|rx|home|discharge|admission|outpatient|inpatient|active|chronic|history|use|taking|prescribed|regular|statement|profile|upon|long|term|treatment|therapy|over|counter|continue|continued|new)$/,
  },
  {
    kind: "pastHistory",
    loinc: ["11348-0"],
    key: /\b(?:past (?:medical )?(?:history|hx)|past medical|pmhx?|(?:medical|illness) history|history of (?:past|prior|previous) illness(?:es)?|resolved problems|inactive problems|past (?:illness(?:es)?|problems|diagnoses)|comorbidit(?:y|ies))\b/,
    beside:
      /^(?:past|history|hx|pmhx?|illness(?:es)?|resolved|inactive|problems?|diagnos[ei]s|previous|health|comorbidit\w+|surgical|conditions?)$/,
  },
  {
    kind: "procedures",
    loinc: ["47519-4", "29554-3", "67803-7"],
    key: /\b(?:procedures?|surger(?:y|ies)|operations?|surgical history|psh|interventions|past surgical)\b/,
    beside:
      /^(?:procedures?|surger\w+|operations?|surgical|operative|history|hx|psh|past|performed|interventions?|provided|major|invasive|treatments?|name|title)$/,
  },
  {
    kind: "diagnoses",
    loinc: ["11535-2", "46241-6", "10219-4", "10218-6", "29308-4", "59768-2"],
    key: /\b(?:(?:admission|admitting|discharge|principal|primary|secondary|final|working|pre ?operative|post ?operative|provisional|encounter|visit) diagnos[ei]s|(?:pre|post) ?op diagnos[ei]s|diagnos[ei]s)\b/,
    beside:
      /^(?:diagnos[ei]s|admission|admitting|discharge|principal|primary|secondary|final|working|preoperative|postoperative|pre|post|op|operative|provisional|encounter|associated|additional)$/,
  },
  {
    kind: "problems",
    loinc: ["11450-4"],
    key: /\b(?:problems?|conditions|concerns|health issues|diagnoses)\b/,
    beside: /^(?:problems?|conditions|concerns?|health|issues|active|chronic|ongoing|diagnoses|status|main|major)$/,
  },
  {
    kind: "vitals",
    loinc: ["8716-3"],
    key: /\b(?:vitals?|vital signs?|biometrics|vs)\b/,
    beside: /^(?:vitals?|signs?|vs|biometrics|measurements?|physical|findings|last|filed)$/,
  },
  {
    kind: "results",
    loinc: ["30954-2", "26436-6", "18748-4"],
    key: /\b(?:results?|labs?|laborator(?:y|ies)|investigations|imaging|radiology|pathology|diagnostics?|studies|tests)\b/,
    beside:
      /^(?:results?|labs?|laborator\w+|investigations?|imaging|radiology|radiological|pathology|diagnostics?|stud(?:y|ies)|tests?|data|work|ups?|values|findings|relevant|pertinent|blood|panel|microbiology|discharge)$/,
  },
  {
    kind: "followUp",
    loinc: ["18776-5", "69730-0", "8653-8", "61146-7"],
    key: /\b(?:plan|follow ?ups?|recommendations?|instructions|disposition|care plan|goals|appointments?|decision aids|to do|planned (?:procedures?|activities|tests|treatment))\b/,
    beside:
      /^(?:plans?|care|treatment|follow|ups?|recommendations?|instructions|disposition|discharge|goals|appointments?|scheduled|future|pending|education|decision|aids|todo|do|therapeutic|planned|activities|tests|procedures?|management|orders|further|next|steps|health)$/,
  },
  {
    kind: "functional",
    loinc: ["47420-5", "10190-7"],
    key: /\b(?:functional|cognitive|mental) (?:and )?(?:cognitive )?(?:status|health|assessments?)\b/,
    beside: /^(?:functional|cognitive|mental|status|health|assessments?|issues)$/,
  },
  {
    kind: "encounters",
    loinc: ["46240-8"],
    key: /\b(?:encounters?|visits|admissions)\b/,
    beside: /^(?:encounters?|visits|admissions|history|past|previous|details)$/,
  },
  {
    kind: "reason",
    loinc: ["10154-3", "29299-5", "46239-0", "42349-1"],
    key: /\b(?:reasons?|chief complaint|presenting complaint|complaints?|cc|indications?|purpose)\b/,
    beside:
      /^(?:reasons?|complaints?|presenting|cc|indications?|referral|consultation|consult|admission|purpose|procedure)$/,
  },
  {
    kind: "examination",
    loinc: ["29545-1", "10187-3", "8716-3", "10210-3"],
    key: /\b(?:exam|examinations?|review of systems|ros|objective|general status|physical findings|pe)\b/,
    beside: /^(?:exam|examinations?|physical|systems|ros|objective|data|general|status|findings|pe|mental)$/,
  },
  {
    kind: "narrative",
    loinc: ["10164-2", "8648-8", "51848-0", "51847-2", "61150-9", "11329-0", "10164-2"],
    key: /\b(?:history|hpi|course|assessments?|impressions?|subjective|narrative|comments?|notes?|discussion|summary|findings|description|interval|background|synopsis|complications?)\b/,
    beside:
      /^(?:history|hpi|illness|course|assessments?|impressions?|subjective|objective|data|narrative|comments?|notes?|discussion|summary|findings|operative|description|interval|background|synopsis|plan|events|procedure|surgical|complications?|progress|medical|decision|making|additional|operation|general)$/,
  },
  {
    kind: "administrative",
    loinc: ["42348-3", "48768-6", "46264-8"],
    key: /\b(?:directives?|payers?|insurance|providers?|consent|demographics?|contacts?|care team|equipment|devices?|signatures?|authors?|addendum|attending|surgeon|assistants?|code status|electronically signed)\b/,
    beside:
      /^(?:advance|directives?|payers?|insurance|providers?|informed|consent|demographics?|contacts?|emergency|care|team|equipment|devices?|supplies|signatures?|authors?|members?|details|attending|physician|surgeon|assistants?|code|status|electronically|signed)$/,
  },
];

/** Lower case, words parted by single spaces, no punctuation. */
function wordsOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** What a section of this title holds; null where the title is not one that records use. */
export function kindOfTitle(title: string): SectionKind | null {
  const said = wordsOf(title);
  if (said === "" || said.length > 70) return null;
  const words = said.split(" ");
  const found = wordings.find(({ key, beside }) => {
    return key.test(said) && words.every((word) => filler.test(word) || beside.test(word) || key.test(word));
  });
  return found?.kind ?? null;
}
