/** What the columns of tables in clinical records hold, told by their titles. Pure. */

export type Role =
  | "name"
  | "group"
  | "kind"
  | "code"
  | "system"
  | "date"
  | "end"
  | "time"
  | "status"
  | "reaction"
  | "severity"
  | "dose"
  | "form"
  | "route"
  | "frequency"
  | "value"
  | "unit"
  | "range"
  | "flag"
  | "relative"
  | "details"
  | "other";

/** What entries are: a column called so names them. */
const noun =
  /^(?:medications?|drugs?|medicines?|meds|prescriptions?|rx|substances?|allergens?|allerg(?:y|ies|ic)|intolerances?|vaccines?|immuni[sz]ations?|vaccinations?|problems?|conditions?|concerns?|diseases?|illness(?:es)?|diagnos[ei]s|procedures?|tests?|results?|labs?|vitals?|signs?|measurements?|observations?|components?|analytes?|findings?|materials?|products?|agents?|activity|encounters?|directives?|issues?)$/;
/** Words beside them that change nothing. */
const beside =
  /^(?:names?|list|description|of|the|to|and|or|active|current|known|past|planned|patients?|health|medical|causative|given|administered|prescribed|performed|orders?|ordered)$/;
/** What a cell holds besides, where it stands in one column with the name: "Medication / Dose". */
const more = /^(?:dose|dosage|sigs?|directions?|strength|frequency|adverse)$/;
const generic = /^(?:name|description|item|entry|display name|(?:generic|brand|trade) name|(?:active )?ingredients?)$/;
const called = new RegExp(
  `^(?:code|icd(?: ?(?:9|10))?(?: ?cm)?|snomed(?: ct)?|rx ?norm|cvx|loinc|cpt) (?:description|display(?: name)?|name)$`,
);

const others: readonly (readonly [Role, RegExp])[] = [
  ["group", /^(?:\w+ )?(?:group(?: description)?|category|class|panel)$/],
  ["kind", /^(?:[\w ]+ )?(?:type|kind)$|^type of \w+$/],
  ["system", /^(?:code|coding) system$|^system$|^vocabulary$/],
  [
    "code",
    /^(?:(?:rx ?norm|snomed(?: ct)?|icd(?: ?(?:9|10))?(?: ?cm)?|loinc|cvx|ndc|cpt|problem|diagnosis|medication|drug|allerg(?:y|en)|substance|vaccine|immunization|procedure|test|result) ?)?(?:codes?|ids?)$|^(?:cvx|ndc|loinc|rx ?norm|icd ?(?:9|10)?(?: ?cm)?|snomed(?: ct)?|cpt)$/,
  ],
  [
    "end",
    /^(?:end|stop|stopped|expiration|expiry|estimated completion|completion|resolution|resolved|discontinued|abatement)(?: date| on| dates?)?$/,
  ],
  [
    "date",
    /\bdates?\b|^(?:onset|started|start|since|when|administered on|performed on|effective|date and time|year|period|noted|identified)(?: on| time)?$/,
  ],
  ["time", /^time$/],
  ["status", /\bstatus\b|^state$|^active\??$/],
  ["severity", /^(?:\w+ )?(?:severity|criticality)(?: status)?$/],
  ["reaction", /^(?:adverse )?reactions?(?: status| type)?$|^manifestations?$/],
  [
    "frequency",
    /^(?:sigs?(?: text)?|directions?|instructions?|frequency|freq|how often|schedule|dosing|timing|patient instructions)$/,
  ],
  ["dose", /^(?:dose|dosage|strength|product ?strength|amount|dose quantity|quantity)$/],
  ["form", /^(?:form|dose form|formulation)$/],
  ["route", /^route(?: of administration)?$/],
  ["range", /^(?:reference |normal |ref\.? )?(?:ranges?|interval)(?: range)?$|^normals?$|^reference$/],
  ["flag", /^(?:abnormal )?flags?$|^interpretation$|^abnormal$/],
  ["unit", /^(?:units?|uom)(?: of measure)?$/],
  ["value", /^(?:values?|results? values?|measured|reading|outcome)$/],
  ["relative", /^(?:relation(?:ship)?|relative|family member|member)$/],
  ["details", /^(?:details?|comments?|notes?|remarks?|annotations?|additional information|source)$/],
  [
    "other",
    /^(?:provider|ordering provider|performer|author|location|site|facility|lot(?: ?#| number)?|manufacturer|mfg(?: name| code)?|inj|vis given|vis pub|bsa|bmi(?: percentile)?|indications?|fill instructions|material|age at onset|susceptibility|plan goal|planned (?:date|time)|supporting documents?|verification|refills?|prescriber|\w+ by|specialty|reason|clinician|dosage form|delivery status|dose (?:unit|number)|dose #|series|rank|priority|chronic|refusal reason)$/,
  ],
];

/** Words of a title, lower case. */
function wordsOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll("(s)", "s")
    .replaceAll(/[^\p{L}\p{N}#?]+/gu, " ")
    .trim();
}

/** How exactly a title of this kind names an entry: 0 is what its code is called; null where it does not. */
export function namingRank(title: string): number | null {
  const said = wordsOf(spaced(title));
  if (called.test(said)) return 0;
  if (generic.test(said)) return 2;
  const words = said.split(" ");
  const named = words.some((word) => noun.test(word));
  return named && words.every((word) => noun.test(word) || beside.test(word) || more.test(word)) ? 1 : null;
}

/** What a column of this title holds; null where the words are no title of a column. */
export function roleOf(title: string): Role | null {
  const said = wordsOf(spaced(title));
  if (said === "") return null;
  const found = others.find(([, pattern]) => pattern.test(said));
  if (found && !(found[0] === "status" && namingRank(title) !== null)) return found[0];
  if (namingRank(title) !== null) return "name";
  // A column of measurements carries its unit in the title: "BP-Sys(mm[Hg])", "WT".
  return vitalTitle.test(title) ? "value" : null;
}

/** "ProductStrength" is two words. */
const spaced = (title: string) => title.replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2");

/** Columns that are measurements themselves: one row a visit. */
const vitalTitle =
  /^(?:BP(?:[- ](?:sys|dia)\w*)?|systolic(?: bp)?|diastolic(?: bp)?|HR|heart rate|pulse(?: rate)?|RR|resp(?:iratory rate|\.? rate)?|temp(?:erature)?|WT|weight|HT|height|BMI(?: percentile)?|BSA|O2 ?sat|SpO2|pain)\b/i;

/** The name of what a column measures; null where it is no such column. */
export function measureOf(title: string): string | null {
  return vitalTitle.test(title) ? title.replace(/\s*\(.*$/, "").trim() : null;
}
