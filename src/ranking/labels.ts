import { lexiconMore } from "./lexicon-more.ts";
import { type Atom, compoundParts, lexicon } from "./lexicon.ts";

/** What the words of a label mean: atoms of the lexicon, plus every word it does not know as itself ("w:flight"). */
export type Meaning = ReadonlySet<string>;

/** Words of a phrase of the lexicon, at most. */
const phraseWordsMax = 4;

const phrases = new Map<string, Set<Atom>>();
const skeletons = new Map<string, string>();
for (const [atom, list] of [...Object.entries(lexicon), ...Object.entries(lexiconMore)]) {
  for (const phrase of list.split("|")) {
    const key = wordsOf(phrase).join(" ");
    if (key === "") continue;
    const known = phrases.get(key) ?? new Set<Atom>();
    known.add(atom as Atom);
    phrases.set(key, known);
    if (key.length >= 5) skeletons.set(skeleton(key), key);
  }
}

/** Lower-case words without accents; "N°", "No.", "#" all stay words. Compounds with hyphens fall apart. */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll(/n\s?[°º](?:\s?s)?/g, " n ")
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .replaceAll(/(?<=\p{L})[.](?=\p{L}\b)/gu, "");
  return plain.match(/[\p{L}]+|[#%@]/gu) ?? [];
}

/** Letters that scanners mix up count as one. */
function skeleton(word: string): string {
  return word.replaceAll(/[l1|]/g, "i").replaceAll("0", "o").replaceAll("rn", "m");
}

const cache = new Map<string, Meaning>();
const cacheMax = 20_000;

/** The meaning of a label's text: longest phrases first, then compounds, then the words as they are. */
export function meaningOf(text: string): Meaning {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const meaning = read(wordsOf(text));
  if (cache.size >= cacheMax) cache.clear();
  cache.set(text, meaning);
  return meaning;
}

function read(words: readonly string[]): Meaning {
  const meaning = new Set<string>();
  for (let at = 0; at < words.length;) {
    const { atoms, taken } = phraseAt(words, at);
    if (atoms.length > 0) for (const atom of atoms) meaning.add(atom);
    else if ((words[at] ?? "").length > 2) meaning.add(`w:${words[at]}`);
    at += taken;
  }
  return meaning;
}

function phraseAt(words: readonly string[], at: number): { readonly atoms: readonly string[]; readonly taken: number } {
  for (let length = Math.min(phraseWordsMax, words.length - at); length > 0; length -= 1) {
    const key = words.slice(at, at + length).join(" ");
    const atoms = phrases.get(key) ?? phrases.get(skeletons.get(skeleton(key)) ?? "");
    if (atoms !== undefined) return { atoms: [...atoms], taken: length };
  }
  return { atoms: compoundOf(words[at] ?? ""), taken: 1 };
}

/** "lieferscheinnummer" → delivery, number; nothing where a part is unknown. */
function compoundOf(word: string): readonly string[] {
  if (word.length < 6) return [];
  for (let cut = word.length - 2; cut >= 2; cut -= 1) {
    const head = partAtoms(word.slice(0, cut));
    if (head === null) continue;
    const rest = word.slice(cut);
    const tail = partAtoms(rest) ?? (rest.length >= 6 ? compoundOf(rest) : []);
    if (tail.length > 0) return [...head, ...tail];
  }
  return [];
}

function partAtoms(part: string): readonly string[] | null {
  const known = compoundParts[part];
  if (known !== undefined) return known;
  const whole = part.length >= 4 ? phrases.get(part) : undefined;
  return whole === undefined ? null : [...whole];
}

/** Words that say what form a value has rather than which value it is. */
const formal = new Set<string>(["number", "date", "amount", "name", "address", "total", "identity", "currency"]);

/**
 * How well a label says what a field is called, 0..1: shared meanings over all meanings of both.
 * Words of form ("number", "date") count for a quarter.
 */
export function likeness(label: Meaning, field: Meaning): number {
  if (label.size === 0 || field.size === 0) return 0;
  let shared = 0;
  let all = 0;
  for (const atom of field) {
    const weight = weightOf(atom);
    all += weight;
    if (label.has(atom)) shared += weight;
  }
  for (const atom of label) if (!field.has(atom)) all += weightOf(atom) * (atom.startsWith("w:") ? 0.3 : 0.7);
  return all === 0 ? 0 : shared / all;
}

function weightOf(atom: string): number {
  return formal.has(atom) ? 0.25 : 1;
}
