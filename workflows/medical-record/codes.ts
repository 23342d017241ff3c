/** Codes as records print them: "SNOMED CT 38341003", "RxNorm: 617312". Pure. */

const systems: readonly (readonly [name: RegExp, system: string, code: RegExp])[] = [
  [/^snomed(?:[- ]?ct)?$/i, "http://snomed.info/sct", /^\d{6,18}$/],
  [/^rx ?norm$/i, "http://www.nlm.nih.gov/research/umls/rxnorm", /^\d{1,8}$/],
  [/^loinc$/i, "http://loinc.org", /^\d{1,7}-\d$/],
  [/^icd-?10(?:-?cm)?$/i, "http://hl7.org/fhir/sid/icd-10-cm", /^[A-TV-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?$/i],
  [/^icd-?9(?:-?cm)?$/i, "http://hl7.org/fhir/sid/icd-9-cm", /^(?:V\d{2}|E\d{3}|\d{3})(?:\.\d{1,2})?$/i],
  [/^cpt(?:-?4)?$/i, "http://www.ama-assn.org/go/cpt", /^\d{4}[\dA-Z]$/i],
  [/^cvx$/i, "http://hl7.org/fhir/sid/cvx", /^\d{1,3}$/],
  [/^unii$/i, "http://fdasis.nlm.nih.gov", /^[\dA-Z]{10}$/i],
];

/** "SNOMED CT 38341003" → its system and code; null where the system is not known, or has no codes of that form. */
export function codeOf(printed: string): { readonly system: string; readonly code: string } | null {
  const { code, known } = partsOf(printed);
  return known?.[2].test(code) ? { system: known[1], code } : null;
}

/** A code that names a known system and has another form than its codes. */
export function isForeignCode(printed: string): boolean {
  const { code, known } = partsOf(printed);
  return known !== undefined && !known[2].test(code);
}

/** A system that the title of a column names: "CVX", "RxNorm code"; null where it names none. */
export function systemIn(title: string): string | null {
  const words = title.trim().replace(/[\s_]*codes?$/i, "");
  return systems.some(([pattern]) => pattern.test(words)) ? words : null;
}

function partsOf(printed: string) {
  const [, name = "", code = ""] = /^(.*?)[\s:]+(\S+)$/.exec(printed.trim()) ?? [];
  return { code, known: systems.find(([pattern]) => pattern.test(name)) };
}
