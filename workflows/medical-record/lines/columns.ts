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

/** Columns that name the entry: the more exact stand first. */
const naming: readonly RegExp[] = [
  /^code description$/,
  /^(?:medications?|drugs?|medicines?|meds|substances?|allergens?|allerg(?:y|ies|ic to)|vaccines?|immuni[sz]ations?|vaccinations?|problems?|conditions?|diagnos[ei]s|procedures?|tests?|tests? performed|results?|labs?|vitals?|vital signs?|measurements?|observations?|components?|analytes?|findings?|materials?|products?|agents?|planned activity|activity|encounters?|directives?|health issues?)(?: names?| list| description| type)?$/,
  /^(?:name|description|item|entry|display name|generic name|brand name|trade name)$/,
];

const others: readonly (readonly [Role, RegExp])[] = [
  ["group", /^(?:group(?: description)?|category|class|panel)$/],
  ["system", /^(?:code|coding) system$|^system$|^vocabulary$/],
  [
    "code",
    /^(?:(?:rx ?norm|snomed(?: ct)?|icd(?: ?(?:9|10))?(?: ?cm)?|loinc|cvx|ndc|cpt) ?)?(?:codes?|ids?)$|^(?:cvx|ndc|loinc|rxnorm|icd ?(?:9|10)?|snomed(?: ct)?|cpt)$/,
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
  ["severity", /^(?:severity|criticality)(?: status)?$/],
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
  ["kind", /^(?:type|kind)$/],
  ["details", /^(?:details?|comments?|notes?|remarks?|additional information|source)$/],
  [
    "other",
    /^(?:provider|ordering provider|performer|author|location|site|facility|lot(?: ?#| number)?|manufacturer|mfg(?: name| code)?|inj|vis given|vis pub|bsa|bmi(?: percentile)?|indications?|fill instructions|material|age at onset|susceptibility|plan goal|planned (?:date|time)|supporting documents?|verification|refills?|prescriber|ordered by|specialty|reason|clinician|dosage form|delivery status)$/,
  ],
];

/** Words of a title, lower case. */
function wordsOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/([a-z])(?=[A-Z])/g, "$1 ")
    .replaceAll(/[^\p{L}\p{N}#?]+/gu, " ")
    .trim();
}

/** How exactly a title of this kind names an entry: 0 is the most exact; null where it does not. */
export function namingRank(title: string): number | null {
  const said = wordsOf(spaced(title));
  const rank = naming.findIndex((pattern) => pattern.test(said));
  return rank === -1 ? null : rank;
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
