import { isCommon, isFirstName, isLabel, plain } from "./words.ts";

/** What a piece of text is taken for; says how its surrogate is made. */
export type PersonalKind = "email" | "web" | "iban" | "vat" | "card" | "number" | "door" | "date" | "name";

/** A piece of a text that is replaced before it leaves. */
export interface Finding {
  readonly kind: PersonalKind;
  readonly start: number;
  readonly end: number;
}

interface Pattern {
  /** Null: it stays, and nothing else looks at it. */
  readonly kind: PersonalKind | null;
  readonly form: RegExp;
  readonly accepts?: (text: string) => boolean;
}

const digitsOf = (text: string) => text.replaceAll(/\D/g, "").length;

/**
 * In this order, each on what the ones before have left. What may leave: amounts, shares, times, years,
 * small counts. Every other number is somebody's.
 */
const patterns: readonly Pattern[] = [
  { kind: "email", form: /[\p{L}\d._%+'-]+\s?@\s?[\p{L}\d-]+(?:\.[\p{L}\d-]+)*/gu },
  { kind: "web", form: /(?:https?:\/\/|www\.)[^\s<>"')\]]+/giu },
  {
    kind: "web",
    form: /(?<![\p{L}\d@.])[\p{L}\d-]{2,}(?:\.[\p{L}\d-]{2,})*\.(?:com|net|org|info|biz|eu|io|co|de|fr|es|it|nl|uk|us|at|ch|be|pt|pl|se|no|dk|fi|ie|my)(?:\.[a-z]{2})?(?![\p{L}\d])(?:\/[^\s<>"')\]]*)?/giu,
  },
  {
    kind: "iban",
    form: /(?<![\p{L}\d])[A-Z]{2}\s?\d{2}(?:[\s.-]?[A-Z\d]{2,4}){3,8}(?![\p{L}\d])/giu,
    accepts: isIbanLike,
  },
  {
    kind: "vat",
    form: /(?<![\p{L}\d])(?:AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI)[\s.-]?[A-Z]?\d[\dA-Z.\s-]{5,13}\d[A-Z]?(?![\p{L}\d])/gu,
    accepts: (text) => digitsOf(text) >= 7,
  },
  {
    kind: "number",
    form: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g,
    accepts: (text) => text.split(".").every((part) => Number(part) < 256),
  },
  { kind: null, form: /(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?(?![\d:])/gi },
  {
    kind: "date",
    form: /(?<![\p{L}\d])(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?![\d])/gu,
    accepts: isDateLike,
  },
  {
    kind: "date",
    form: /(?<![\p{L}\d])\d{1,2}(?:st|nd|rd|th|\.|º)?[\s./-]{0,2}(?:de |of )?\p{L}{3,10}\.?[\s,./'-]{1,3}(?:de[l]? |of )?(?:\d{4}|\d{2})(?![\d%])/gu,
    accepts: hasMonth,
  },
  {
    kind: "date",
    form: /(?<!\p{L})\p{L}{3,10}\.?\s{0,2}\d{1,2}(?:st|nd|rd|th)?[\s,.-]{1,3}\d{4}(?!\d)/gu,
    accepts: hasMonth,
  },
  { kind: "card", form: /(?<![\p{L}\d.,])\d(?:[ -]?\d){11,18}(?![\p{L}\d]|[.,]\d)/gu },
  { kind: null, form: /(?<![\p{L}\d])\d{1,3}(?:[.,'’ ]\d{3})*[.,]\d{1,2}(?![\d.,]\d|\d)\s?%?/gu, accepts: isAmount },
  { kind: null, form: /(?<![\p{L}\d])\d+(?:[.,]\d+)?\s?%/gu },
  { kind: null, form: /(?:[€$£¥]|\b(?:RM|EUR|USD|GBP|CHF))\s?-?\d[\d.,]*/g },
  { kind: null, form: /(?<![\p{L}\d])\d[\d.,]*\s?(?:[€$£¥]|(?:RM|EUR|USD|GBP|CHF)\b)/gu },
  {
    kind: "number",
    form: /(?<![\p{L}\d])\+?\(?\d{1,6}\)?(?:[\s./()-]{1,2}\d{1,8}){1,6}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\p{L}\d])/giu,
    accepts: (text) => digitsOf(text) >= 6,
  },
  { kind: null, form: /(?<![\p{L}\d])(?:19|20)\d{2}(?![\p{L}\d-])/gu },
  {
    kind: null,
    form: /(?<![\p{L}\d/-])\d{1,4}\s?(?:mg|ml|kg|km|cm|mm|g|l|m|h|x|st|nd|rd|th|pcs|kwh|gb|mb|º|ª|°)(?![\p{L}\d])/giu,
  },
  {
    kind: "number",
    form: /(?<![\p{L}\d])(?=[\p{L}\d#_+&./-]*\d)[\p{L}\d](?:[\p{L}\d#_+&./-]*[\p{L}\d])?/gu,
    accepts: isIdentifier,
  },
];

/** Country, check digits, and enough behind them; wherever digits are among it. */
function isIbanLike(text: string): boolean {
  const bare = text.replaceAll(/[^\p{L}\d]/gu, "");
  return bare.length >= 15 && bare.length <= 34 && digitsOf(bare) >= 8;
}

function isDateLike(text: string): boolean {
  const parts = (text.match(/\d+/g) ?? []).map(Number);
  const [a = 0, b = 0, c = 0] = parts;
  return a > 31 ? b <= 12 && c <= 31 : a <= 31 && b <= 31 && Math.min(a, b) <= 12;
}

const months =
  /^(?:jan|ene|gen|feb|fev|fév|mar|mär|apr|abr|avr|may|mai|mag|mei|mayo|jun|giu|juin|jul|lug|juil|aug|ago|aoû|aou|sep|set|oct|okt|ott|out|nov|dec|dez|dic|déc)/iu;

function hasMonth(text: string): boolean {
  return (text.match(/\p{L}{3,}/gu) ?? []).some((word) => months.test(word));
}

/** Long whole numbers with dots in threes are telephone numbers as often as amounts. */
function isAmount(text: string): boolean {
  return /[.,]\d{1,2}\s?%?$/.test(text);
}

function isIdentifier(text: string): boolean {
  const letters = (text.match(/\p{L}/gu) ?? []).length;
  const digits = digitsOf(text);
  if (/^\d{1,2}(?:[-/.]\d{1,2})?$/.test(text)) return false;
  if (/^\d{1,3}(?:[.,]\d{1,3})?$/.test(text) && digits <= 2) return false;
  return digits >= 3 || (letters > 0 && digits + letters >= 4);
}

const word = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}{2,})?/gu;
/** Labels after which everything up to the next label is somebody's, however it is written. */
const nameLabel =
  /(?:^|[^\p{L}])(?:(?:first|last|full|family|middle|patient)?\s?name|surname|nombre|apellidos?|m[eé]dico|paciente|domicilio|localidad(?:\/ ?provincia)?|nom|pr[eé]nom|nachname|vorname|cognome|my name is|i am called)\s?(?:is|:)?\s{0,2}(?=:|\p{L})[:\s]*/giu;
/** What stands before the number of a door. */
const doorWord =
  /(?:apt|apartment|suite|ste|unit|floor|flat|no|nº|n°|núm|num|piso|bajo|puerta|km|p\.?\s?o\.?\s?box|box|lot|#)\.?\s*$/iu;

/**
 * What identifies somebody, in every line of a document. Words are judged over all lines together: one
 * that stands somewhere in lower case is a word, one that never does is a name unless everybody uses it.
 */
export function findPersonal(lines: readonly string[]): readonly (readonly Finding[])[] {
  const ordinary = lowerCaseWords(lines);
  return lines.map((line) => findIn(line, ordinary));
}

/** Words as they stand in running text, without those that come after a label of a name. */
function lowerCaseWords(lines: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of lines) {
    if (line === line.toUpperCase()) continue;
    for (const [text] of line.matchAll(/(?<![\p{L}\d@._/-])\p{Ll}{3,}(?![\p{L}\d@_/-])/gu)) found.add(plain(text));
  }
  return found;
}

/** Longer lines are looked at in pieces: what a hostile one costs grows with its length, not with its square. */
const pieceMax = 600;

function findIn(line: string, ordinary: ReadonlySet<string>): readonly Finding[] {
  const found: Finding[] = [];
  for (let from = 0; from < line.length;) {
    const blank = line.lastIndexOf(" ", from + pieceMax);
    const to = line.length - from <= pieceMax || blank <= from ? Math.min(line.length, from + pieceMax) : blank;
    for (const { kind, start, end } of findInPiece(line.slice(from, to), ordinary)) {
      found.push({ kind, start: from + start, end: from + end });
    }
    from = to;
  }
  return found;
}

function findInPiece(line: string, ordinary: ReadonlySet<string>): readonly Finding[] {
  const taken = new Taken();
  for (const { kind, form, accepts } of patterns) {
    for (const match of line.matchAll(form)) {
      const end = match.index + match[0].trimEnd().length;
      if (accepts && !accepts(match[0].trim())) continue;
      taken.add({ kind, start: match.index, end });
    }
  }
  for (const { start, end } of namedRanges(line)) {
    for (const match of line.slice(start, end).matchAll(word)) {
      const text = match[0];
      // Particles say nothing; in lower case they are often all there is between the parts of a name.
      if (text.length < 2 || (isCommon(text) && text.length < 4)) continue;
      taken.add({ kind: "name", start: start + match.index, end: start + match.index + text.length });
    }
  }
  for (const match of line.matchAll(word)) {
    if (!isName(match[0], ordinary)) continue;
    taken.add({ kind: "name", start: match.index, end: match.index + match[0].length });
  }
  withFirstNames(line, taken);
  withNeighbours(line, taken);
  return withDoors(line, taken).hidden();
}

/** Who writes without capitals writes names so too: a first name, and what follows it unless everybody uses it. */
function withFirstNames(line: string, taken: Taken): void {
  if (line !== line.toLowerCase()) return;
  const found = [...line.matchAll(word)];
  for (const [at, match] of found.entries()) {
    const before = found[at - 1];
    const follows = before !== undefined && before.index + before[0].length === match.index - 1;
    const surname = follows && taken.nameEndsAt(match.index - 1) && !isCommon(match[0]);
    if (!surname && !isFirstName(match[0])) continue;
    taken.add({ kind: "name", start: match.index, end: match.index + match[0].length });
  }
}

/** Behind a courtesy comes a name, whatever it looks like. */
const courtesy =
  /(?:^|[^\p{L}])(?:mr|mrs|ms|miss|dr|prof|sir|madam|herr|frau|sr|sra|srta|don|doña|mme|mlle|monsieur|madame|sig|signor|signora|dhr|mevr)\.?\s+$/iu;

/** Words that everybody uses are names as well ("Long", "Best"): where they stand capitalised beside one, they are. */
function withNeighbours(line: string, taken: Taken): void {
  if (line === line.toUpperCase()) return;
  for (const match of line.matchAll(/(?<![\p{L}\d])\p{Lu}\p{L}{2,}/gu)) {
    const [text] = match;
    const end = match.index + text.length;
    const beside = taken.nameEndsAt(match.index - 1) || taken.nameBeginsAt(end + 1);
    if (courtesy.test(line.slice(0, match.index)) || (beside && !isLabel(text) && match.index > 0)) {
      taken.add({ kind: "name", start: match.index, end });
    }
  }
}

function isName(text: string, ordinary: ReadonlySet<string>): boolean {
  if (text.length < 2 || !/^[\p{Lu}\p{Lt}\p{Lo}]|\p{Ll}\p{Lu}/u.test(text)) return false;
  return !isCommon(text) && !isCommon(text.replace(/['’]s?$|^\p{L}['’]/u, "")) && !ordinary.has(plain(text));
}

/** After a label of a name, up to what ends the field. */
function namedRanges(line: string): readonly { readonly start: number; readonly end: number }[] {
  return [...line.matchAll(nameLabel)].map((match) => {
    const start = match.index + match[0].length;
    const rest = line.slice(start);
    const stop = rest.search(/[;,.:?!|]|\s{2,}|\s(?:and|y|und|et|with|con|at|from|in)\s/u);
    return { start, end: start + Math.min(stop < 0 ? rest.length : stop, 60) };
  });
}

/** Small numbers right behind a name, another such number or the word for a door are part of an address. */
function withDoors(line: string, taken: Taken): Taken {
  for (const match of line.matchAll(/(?<![\p{L}\d.,:/-])\d{1,3}(?:[A-Za-zºª]|\s[A-Z])?(?![\p{L}\d%:/]|[.,]\d)/gu)) {
    const text = match[0].trimEnd();
    const before = line.slice(0, match.index);
    const gap = /[\s,.-]*$/.exec(before)?.[0].length ?? 0;
    const after = match.index + text.length + 1;
    const behind = gap > 0 && gap <= 3 && (taken.nameEndsAt(match.index - gap) || taken.doorEndsAt(match.index - gap));
    const ahead = text.length >= 2 && /[ ,]/.test(line.charAt(after - 1)) && taken.nameBeginsAt(after);
    if (!behind && !ahead && !doorWord.test(before)) continue;
    taken.add({ kind: "door", start: match.index, end: match.index + text.length });
  }
  return taken;
}

interface Claim {
  readonly kind: PersonalKind | null;
  readonly start: number;
  readonly end: number;
}

/** Pieces of one line that somebody has claimed: the first one keeps it. */
class Taken {
  readonly #claims: Claim[] = [];

  add(claim: Claim): void {
    if (claim.end <= claim.start) return;
    if (this.#claims.some(({ start, end }) => claim.start < end && start < claim.end)) return;
    this.#claims.push(claim);
  }

  nameEndsAt(at: number): boolean {
    return this.#claims.some(({ kind, end }) => kind === "name" && end === at);
  }

  doorEndsAt(at: number): boolean {
    return this.#claims.some(({ kind, end }) => kind === "door" && end === at);
  }

  nameBeginsAt(at: number): boolean {
    return this.#claims.some(({ kind, start }) => kind === "name" && start === at);
  }

  hidden(): readonly Finding[] {
    const found = this.#claims.flatMap(({ kind, start, end }) => (kind === null ? [] : [{ kind, start, end }]));
    return found.toSorted((a, b) => a.start - b.start);
  }
}
