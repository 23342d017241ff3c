import { type Candidate, legalForm } from "../candidates/index.ts";
import { meaningOf, wordsOf } from "./labels.ts";
import type { Put } from "./signals.ts";
import type { Survey } from "./survey.ts";

const article = /^(?:the|le|la|les|der|die|das|el|los|il|lo|het)\s+\p{L}/iu;
const street =
  /\d+\s?[a-z]?\s*$|^\s*(?:no\.?\s*)?\d+|stra(?:ss|ß)e|str\.|\bstreet\b|\brue\b|\bavenue\b|\bav\.|\broad\b|\bjalan\b|\bjln\b|\blot\b|\bcalle\b|\bvia\b|straat|weg\b|platz|laan\b|\btaman\b|allee|gasse|chemin|\bp\.?\s?o\.?\s?box\b/i;
const town = /(?<!\d)\d{4,6}(?!\d)\s+\p{L}{3}|\p{L}{3}.*\s\d{5}\b/u;

/** What makes a line the name of a company or a person: legal form, an address below, its web address, its heading. */
export function nameCues(candidate: Candidate, survey: Survey, put: Put): void {
  const value = candidate.value.split(",")[0] ?? "";
  const words = wordsOf(value);
  const meaning = meaningOf(value);
  // "The Supplier" calls itself so; a label would do without the article.
  const labels = article.test(value) ? 0 : [...meaning].filter((atom) => !atom.startsWith("w:")).length;
  const letters = value.replaceAll(/[^\p{L}]/gu, "");
  put("legalForm", legalForm.test(value));
  put("endsWithForm", new RegExp(`(?:${legalForm.source})\\W*$`, "iu").test(value));
  put("formOnly", isFormOnly(value));
  put("startsForm", startsWithForm(value));
  lineCues(candidate, survey, put);
  put("labelWords", words.length === 0 ? 0 : Math.min(1, labels / words.length));
  put("allLabels", labels > 0 && labels === meaning.size);
  put(
    "heading",
    meaning.has("invoice") ||
      meaning.has("credit") ||
      meaning.has("order") ||
      meaning.has("page") ||
      meaning.has("thanks"),
  );
  put("digits", Math.min(1, value.replaceAll(/\D/g, "").length / 4));
  put("hasDigit", /\d/.test(value));
  put("upper", letters.length > 2 && letters === letters.toUpperCase());
  put("oneWord", words.length === 1);
  put("words", Math.min(1, words.length / 6));
  put("manyWords", words.length > 6);
  put("tiny", letters.length < 4);
  put("streetLike", street.test(value));
  put("townLike", town.test(value));
  put("colonInside", value.includes(":"));
  put("lowerStart", /^\p{Ll}/u.test(value));
  put("sentence", /[.!?]$/.test(value) && words.length > 4);
  put(
    "domain",
    survey.domains.some((domain) => domainFits(value, domain)),
  );
  put("addressBelow", addressBelow(candidate, survey));
  put("registrationBelow", registrationBelow(candidate, survey));
  put("belowFirstName", survey.candidates("name")[0]?.value !== candidate.value && candidate.row === 1);
  put("inside", partOfOther(candidate, survey));
  put("tail", tailOfOther(candidate, survey));
  put("echoes", Math.min(1, echoesOf(candidate, survey) / 3));
  put("joinedForms", candidate.lastRow > candidate.row && legalForm.test(candidate.text.split("\n")[0] ?? ""));
}

/** Small words that something follows: "Friends of Mira for". */
const open = /(?:^|\s)(?:for|of|and|the|to|at|in|by|de|du|des|la|le|von|van|der|den|und|et|y|e|di|del|da|no|[&+/-])$/iu;

/** Whether a name over lines needs them all: its end goes on, its last line could stand alone, its first is a heading. */
function lineCues({ text, value, lastRow, end }: Candidate, survey: Survey, put: Put): void {
  const lines = text.split("\n");
  const last = lines.at(-1) ?? "";
  const after = lines.length > 1 ? "" : (survey.layout.rows[lastRow]?.text ?? "").slice(end, end + 2);
  put("endsOpen", open.test(value));
  put("commaAfter", /^\s?,/.test(after));
  if (lines.length === 1) return;
  put("lastStands", legalForm.test(last) && !isFormOnly(last) && !startsWithForm(last));
  put(
    "firstHeads",
    [...meaningOf(lines[0] ?? "")].some((atom) => headings.has(atom)),
  );
}

const headings: ReadonlySet<string> = new Set(["invoice", "credit", "order", "cash", "thanks", "page", "sub", "date"]);

const forms = new RegExp(legalForm.source, "giu");

/** "SDN. BHD.", "Co. (M) Ltd": the end of a name that begins in the line above. */
function isFormOnly(value: string): boolean {
  const rest = value.replaceAll(forms, " ").replaceAll(/\([^)]*\)|[^\p{L}]/gu, "");
  return rest.length < 2;
}

/** A name does not begin with its legal form, nor in the middle of a bracket. */
function startsWithForm(value: string): boolean {
  return /^[([]/.test(value) || legalForm.exec(value)?.index === 0;
}

/** Other rows that hold the same words: letterhead and footer, sender line, holder of the account. */
function echoesOf({ value, row, lastRow }: Candidate, survey: Survey): number {
  const wanted = value.toLowerCase();
  if (wanted.length < 4) return 0;
  return survey.layout.rows.filter(
    (other) => (other.index < row || other.index > lastRow) && other.text.toLowerCase().includes(wanted),
  ).length;
}

/** "aubonmoulin" is how "Au bon moulin SARL" is written in an address of the web. */
function domainFits(value: string, domain: string): boolean {
  const bare = value
    .replace(legalForm, " ")
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/[^a-z\d]/g, "");
  if (bare.length < 3 || domain.length < 3) return false;
  return (
    bare === domain || (bare.length >= 5 && domain.startsWith(bare)) || (domain.length >= 5 && bare.startsWith(domain))
  );
}

function addressBelow(candidate: Candidate, survey: Survey): number {
  for (let step = 1; step <= 4; step += 1) {
    const row = survey.layout.rows[candidate.lastRow + step];
    if (row === undefined || row.top - (survey.layout.rows[candidate.lastRow]?.top ?? 0) > 6) return 0;
    const cell = row.cells.find(
      (other) =>
        Math.abs(other.left - candidate.left) <= 4 || (other.left < candidate.right && candidate.left < other.right),
    );
    if (cell === undefined) continue;
    if (town.test(cell.text) || (step <= 2 && street.test(cell.text) && /\p{L}{3}/u.test(cell.text)))
      return 1 - (step - 1) / 5;
  }
  return 0;
}

/** A registration number right after it or in the line below, as receipts have it: "(1234567-X)". */
function registrationBelow(candidate: Candidate, survey: Survey): boolean {
  const row = survey.layout.rows[candidate.lastRow];
  const next = survey.layout.rows[candidate.lastRow + 1]?.text ?? "";
  const after = (row?.text ?? "").slice(candidate.end, candidate.end + 40);
  const pattern = /^[\s([]*(?:co\.?|company|reg\w*|no\.?|roc|\s|:|\.)*[A-Z]{0,2}\d{5,12}\s?-\s?[A-Z]\b/i;
  return pattern.test(after) || pattern.test(next);
}

/** Whether the next line goes on with it, or it is only the beginning of a longer candidate that has a legal form. */
function partOfOther(candidate: Candidate, survey: Survey): boolean {
  if (legalForm.test(candidate.value)) return false;
  return survey
    .candidates("name")
    .some(
      (other) =>
        other !== candidate &&
        other.row === candidate.row &&
        other.start === candidate.start &&
        other.lastRow > candidate.lastRow &&
        legalForm.test(other.value),
    );
}

/** Whether a longer candidate begins in the lines above and ends with this one. */
function tailOfOther(candidate: Candidate, survey: Survey): boolean {
  return survey
    .candidates("name")
    .some(
      (other) =>
        other.lastRow === candidate.lastRow && other.row < candidate.row && other.value.endsWith(candidate.value),
    );
}
