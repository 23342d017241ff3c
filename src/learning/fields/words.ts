import type { Candidate, Row } from "../../candidates/index.ts";
import { wordsOf } from "../../ranking/labels.ts";
import { collect, type Cues, type Put } from "../../ranking/signals.ts";
import type { Survey } from "../../ranking/survey.ts";

/**
 * The page's own words around a candidate, where it stands and what its form is, as cues that only
 * examples can weigh: what "A/C HOLDER" means to one user's documents no lexicon knows.
 */

/** Weaker than a cue that is known to mean something. */
const scale = 0.6;
const wordsMax = 5;

/** Cues are named side=word. */
const sides = ["left", "above", "prior", "right", "section"] as const;

export function wordCues(candidate: Candidate, survey: Survey): Cues {
  return collect((put) => {
    const context = survey.context(candidate);
    for (const side of sides) {
      if (side === "above" && context.left.text !== "" && context.left.hops === 0) continue;
      const words = wordsOf(context[side].text);
      const near = side === "right" ? words.slice(0, wordsMax) : words.slice(-wordsMax);
      for (const word of near) put(`${side}=${word}`, scale);
      if (side === "left" && words.length > 1) put(`left=${words.slice(-3).join(" ")}`, scale);
    }
    const { rows } = survey.layout;
    nearRow("before", rows[candidate.row - 1], put);
    nearRow("after", rows[candidate.lastRow + 1], put);
    form(candidate, put);
    edges(candidate, survey, put);
    rivals(candidate, survey, put);
    place(candidate, survey, put);
  });
}

/** First words of a neighbouring row. */
function nearRow(side: string, neighbour: Row | undefined, put: Put): void {
  if (neighbour === undefined) {
    put(`${side}:none`, scale);
    return;
  }
  for (const word of wordsOf(neighbour.text).slice(0, 4)) put(`${side}=${word}`, scale);
  put(`${side}:digits`, /\d/.test(neighbour.text));
  put(`${side}:shape=${shapeOf(neighbour.text).slice(0, 4)}`, scale / 2);
}

/** What it looks like: first and last word, letters and digits, length. */
function form(candidate: Candidate, put: Put): void {
  const text = candidate.value;
  const words = wordsOf(text);
  if (candidate.kind !== "money" && candidate.kind !== "date") {
    put(`first=${words[0] ?? ""}`, scale);
    put(`last=${words.at(-1) ?? ""}`, scale);
    for (const word of words.slice(0, 8)) put(`word=${word}`, scale / 2);
    put(`words=${Math.min(6, words.length)}`, scale);
    put(`length=${Math.min(8, Math.floor(text.length / 6))}`, scale);
    put("capitals", words.length > 0 && text === text.toUpperCase());
  }
  const shape = shapeOf(candidate.kind === "date" ? candidate.text : text);
  if (shape.length <= 12) put(`shape=${shape}`, scale);
  put(`rows=${candidate.lastRow - candidate.row + 1}`, scale);
}

/** What its first and last piece look like, and what stands right outside of it. */
function edges(candidate: Candidate, survey: Survey, put: Put): void {
  const pieces = candidate.value.split(/\s+/);
  put(`head=${shapeOf(pieces[0] ?? "").slice(0, 6)}`, scale);
  put(`tail=${shapeOf(pieces.at(-1) ?? "").slice(-6)}`, scale);
  if (candidate.row !== candidate.lastRow) return;
  const text = survey.layout.rows[candidate.row]?.text ?? "";
  put(`inside.before=${shapeOf(text.slice(0, candidate.start).trimEnd().slice(-6)).slice(-2)}`, scale);
  put(`inside.after=${shapeOf(text.slice(candidate.end).trimStart().slice(0, 6)).slice(0, 2)}`, scale);
}

/** Candidates of the same kind that overlap it: whether they reach further, and how many there are. */
function rivals(candidate: Candidate, survey: Survey, put: Put): void {
  let further = 0;
  let earlier = 0;
  let later = 0;
  let within = 0;
  for (const other of neighbours(candidate, survey)) {
    if (other === candidate || !overlaps(candidate, other)) continue;
    const before = compare(other.row, other.start, candidate.row, candidate.start);
    const after = compare(other.lastRow, endOf(other), candidate.lastRow, endOf(candidate));
    if (before <= 0 && after >= 0) further += 1;
    if (before >= 0 && after <= 0) within += 1;
    if (before < 0) earlier += 1;
    if (after > 0) later += 1;
  }
  put("overlap:none", further + within + earlier + later === 0);
  put("overlap:earlier", earlier > 0);
  put("overlap:later", later > 0);
  put("overlap:longest", further === 0 && within > 0);
  put("overlap:shortest", within === 0 && further > 0);
  put(`overlap:within=${Math.min(4, within)}`, scale);
  put(`overlap:further=${Math.min(4, further)}`, scale);
}

const byRow = new WeakMap<readonly Candidate[], Map<number, Candidate[]>>();

/** Candidates of the same kind that begin up to six rows above or stand on its rows. */
function neighbours(candidate: Candidate, survey: Survey): readonly Candidate[] {
  const peers = survey.candidates(candidate.kind);
  const rows = byRow.get(peers) ?? Map.groupBy(peers, (peer) => peer.row);
  byRow.set(peers, rows);
  const found: Candidate[] = [];
  for (let row = candidate.row - 6; row <= candidate.lastRow; row += 1) found.push(...(rows.get(row) ?? []));
  return found;
}

/** Where it ends in its last row; not known of one that goes over several rows, where only rows are compared. */
function endOf(candidate: Candidate): number {
  return candidate.row === candidate.lastRow ? candidate.end : 0;
}

function overlaps(a: Candidate, b: Candidate): boolean {
  if (a.lastRow < b.row || b.lastRow < a.row) return false;
  const oneRow = a.row === a.lastRow && b.row === b.lastRow;
  return oneRow ? a.start < b.end && b.start < a.end : a.left < b.right && b.left < a.right;
}

function compare(rowA: number, offsetA: number, rowB: number, offsetB: number): number {
  return rowA === rowB ? offsetA - offsetB : rowA - rowB;
}

/** "AB-2041" → "A-9": letters and digits in runs, signs as they are. */
function shapeOf(text: string): string {
  return text
    .replaceAll(/\d+/g, "9")
    .replaceAll(/\p{Lu}[\p{L}]*/gu, "A")
    .replaceAll(/\p{Ll}[\p{L}]*/gu, "a")
    .replaceAll(/(?:[Aa]\s?)+/g, (run) => (run.trim().length > 1 ? "A+" : run.trim()))
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Where it stands: row from the top and from the end, page, column, order among its kind. */
function place(candidate: Candidate, survey: Survey, put: Put): void {
  const { rows, width } = survey.layout;
  const fromEnd = rows.length - 1 - candidate.row;
  put(`top=${candidate.row < 6 ? candidate.row : binOf(candidate.row)}`, scale);
  put(`end=${binOf(fromEnd)}`, scale);
  put(`depth=${Math.floor((10 * candidate.row) / Math.max(1, rows.length))}`, scale);
  put(`page=${Math.min(4, rows[candidate.row]?.page ?? 1)}`, scale);
  put(`column=${Math.floor((8 * candidate.left) / Math.max(1, width))}`, scale);
  put(`cells=${Math.min(4, rows[candidate.row]?.cells.length ?? 0)}`, scale);
  const peers = survey.candidates(candidate.kind);
  const at = peers.indexOf(candidate);
  put(`order=${Math.min(5, at)}`, scale);
  put(`order=-${Math.min(5, peers.length - at)}`, scale);
}

/** Doubling bins: 0, 1, 2-3, 4-7, … */
function binOf(count: number): number {
  return Math.min(8, Math.floor(Math.log2(count + 1)));
}
