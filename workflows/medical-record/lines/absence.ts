/** How records say that there is nothing, and how they say nothing. Pure. */

/** "None known": a clinician asked. "Not stated": nobody says. Null: the words name something. */
export type Absence = "none known" | "not stated" | null;

const matters =
  "(?:allerg\\w*|adverse|reactions?|medications?|medicines?|drugs?|meds|problems?|conditions?|diagnos\\w*|history|procedures?|surger\\w*|immuni[sz]ations?|vaccin\\w*|results?|labs?|vital\\w*|intolerances?|encounters?|devices?|instructions?|plans?|follow|significant|relevant|past|prior|known|active|current)";

const silent = new RegExp(
  [
    "^(?:there (?:is|are|was|were) )?no (?:\\w+ ){0,4}(?:information|data|details|records?|documentation|entries|reason)(?: (?:is|are|was|were))?(?: (?:available|applicable|recorded|found|given|provided|on file|about|for|on|regarding|exists?)\\b.*)?$",
    "(?:not|never|un)[ -]?(?:available|documented|stated|recorded|given|provided|asked|assessed|reported|entered|on file|obtainable|obtained|reviewed)(?:\\s*(?:at this time|today|here|in this record))?$",
    "^(?:.* )?(?:excluded|not)/not available$",
    "^(?:unknown|not known|n/?a|not applicable|pending|unable to (?:obtain|assess)\\b.*|no \\w+ (?:was|were) (?:given|recorded|documented|entered))$",
    "^(?:see|as) (?:above|below|history of present illness|hpi|note|chart|plan|diagnosis|anesthesia report|attached)\\b.*$",
  ].join("|"),
  "i",
);

const none = new RegExp(
  [
    "^(?:nkda|nka|nkfa|nkma|nil|nil known|none|negative|none known|no known|none reported|none noted|none listed|none recorded|denies(?: any)?|no problems|unremarkable|non-?contributory|noncontributory)(?: (?:by|per) (?:history|report|patient|chart)| at this time| currently| today| identified| found)?$",
    `^(?:(?:the )?(?:patient|pt|he|she) )?(?:has |is |reports? |denies (?:any |having )?|with )?(?:no |nil |none |not any |not (?:currently |presently )?(?:on|taking) any |without (?:any )?)?(?:known |current |active |significant |relevant |new |reported |documented |identified |chronic |regular |prior |past |previous |other |home |prescription |over-the-counter |hospital |discharge |drug |medication |medical |surgical |food |environmental |latex |or |and |to |any ){0,7}${matters}(?: (?:known|reported|identified|noted|listed|found|to (?:medications?|drugs?|foods?)|of note|at this time|currently|list|problems?|history|allergies|reactions?|medications?|conditions?|surgeries))*$`,
    "^no known .{0,60}$",
  ].join("|"),
  "i",
);
/** Only a word that denies makes an absence of the words for lists. */
const denying = /\b(?:no|nil|none|not|nkda|nka|nkfa|nkma|denies|without|negative|unremarkable|non-?contributory)\b/i;

export function absenceOf(text: string): Absence {
  const said = text
    .replaceAll(/[*_•]|^\s*[-–]\s*/g, "")
    .replaceAll(/\s+/g, " ")
    .replace(/^[\s"'(]+|[\s.;,"')]+$/g, "");
  if (said === "" || said.length > 120) return null;
  if (silent.test(said)) return "not stated";
  return denying.test(said) && none.test(said) ? "none known" : null;
}

/** What fills an empty cell. */
export function isBlank(text: string): boolean {
  return /^(?:|[-–—.?]+|n\/?a|none|null|unknown|not (?:available|applicable|indicated|entered|recorded|specified)|no data)$/i.test(
    text.trim(),
  );
}
