import type { DocumentText, Population } from "../core/index.ts";
import { hash32 } from "./random.ts";
import { framesOf, type Mark, marksOf } from "./imprint.ts";

/**
 * Who sent a document, as far as the page says. Documents that share marks (lines of the head, mail
 * domains, telephone and tax numbers) worth 2 are of one source. Marks that also stand on documents
 * which share nothing else ("TAX INVOICE", a town, a hotline of the state) tell nothing, nor do those
 * on more than half of all documents (the user's own address), unless they head the page.
 *
 * A message without any such mark is a source of its own, new unless the same message was learned:
 * for tickets, then, all labels count one by one, as labels of new sources.
 */

/** The sources of the marks that were learned, by hash. Plain JSON; kept in the profile. */
export type SourceIndex = {
  readonly schema: "weir.sources/1";
  /** How many sources there are. */
  readonly sources: number;
  /** How many documents were learned from, and how many of them are the only one of their source. */
  readonly documents: number;
  readonly once: number;
  readonly marks: Readonly<Record<string, readonly number[]>>;
  /** By number of the source, for those with two documents or more: labels most of them print, hashed. */
  readonly layouts: Readonly<Record<string, readonly string[]>>;
};

/** What two documents of one source share at least. */
const sameFrom = 2;
/** From so many documents on, a mark on more than half of them is nobody's name. */
const commonFrom = 10;
/** The letterhead, where even a mark of most documents tells the sender. */
const letterheadRows = 3;
/** Earlier documents with a mark that a document is compared with: those are linked with the ones before. */
const recentMax = 40;
/** Documents of a mark that are compared with each other. */
const pairsMax = 40;

/** A key for each document, the same for documents of one source. Deterministic; keys mean nothing else. */
export function sourcesOf(texts: readonly DocumentText[]): readonly string[] {
  return grouped(texts).keys.map((key) => `source ${key + 1}`);
}

/** What to know about learned documents to tell whether a new one is of one of their sources. */
export function sourceIndexOf(texts: readonly DocumentText[]): SourceIndex {
  const { keys, marks } = grouped(texts);
  const index = new Map<string, readonly number[]>();
  for (const [at, some] of marks.entries()) {
    const source = keys[at] ?? 0;
    for (const { hash } of some) {
      const known = index.get(hash) ?? [];
      if (!known.includes(source)) index.set(hash, [...known, source]);
    }
  }
  const layouts = [...Map.groupBy(keys.keys(), (at) => keys[at] ?? 0)]
    .filter(([, documents]) => documents.length > 1)
    .map(
      ([source, documents]) => [source, commonFrames(documents.map((at) => framesOf(texts[at] ?? nothing)))] as const,
    );
  return {
    schema: "weir.sources/1",
    sources: new Set(keys).size,
    documents: keys.length,
    once: [...Map.groupBy(keys, (key) => key).values()].filter((some) => some.length === 1).length,
    marks: Object.fromEntries(index),
    layouts: Object.fromEntries(layouts),
  };
}

const nothing: DocumentText = { kind: "text", pageCount: 0, pages: [], complete: true, skipped: [] };

/** Labels of a source's layout that are kept. */
const framesMax = 60;

function commonFrames(documents: readonly ReadonlySet<string>[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const frame of documents.flatMap((frames) => [...frames])) counts.set(frame, (counts.get(frame) ?? 0) + 1);
  const most = [...counts].filter(([, count]) => count > documents.length / 2);
  return most
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, framesMax)
    .map(([frame]) => frame);
}

/** The number of the learned source a document is of; null for one never seen. */
export function sourceIn(index: SourceIndex, text: DocumentText): number | null {
  const shared = sharedWeights(marksOf(text), (hash) => index.marks[hash] ?? []);
  const [best] = [...shared].toSorted(([a, m], [b, n]) => n - m || a - b);
  return best !== undefined && best[1] >= sameFrom ? best[0] : null;
}

/** Whether the document's sender was learned from. */
export function populationOf(index: SourceIndex, text: DocumentText): Population {
  return sourceIn(index, text) === null ? "new" : "known";
}

/**
 * How much of its sender's usual layout a document shows, 0..1: low when a known sender changed its
 * form. Null for a new sender, or one of which a single document was learned.
 */
export function layoutLikeness(index: SourceIndex, text: DocumentText): number | null {
  const source = sourceIn(index, text);
  const usual = source === null ? undefined : index.layouts[source];
  if (usual === undefined || usual.length === 0) return null;
  const frames = framesOf(text);
  return usual.filter((frame) => frames.has(frame)).length / usual.length;
}

interface Grouped {
  /** By document: the number of its source, from 0 in order of appearance. */
  readonly keys: readonly number[];
  /** By document: the marks that tell senders apart. */
  readonly marks: readonly (readonly Mark[])[];
}

function grouped(texts: readonly DocumentText[]): Grouped {
  const all = texts.map((text) => marksOf(text));
  const telling = tellingMarks(all);
  const marks = all.map((some) => some.filter(({ hash }) => telling.has(hash)));
  const clusters = clustered(marks);
  const numbers = new Map<number, number>();
  const keys = clusters.map((root) => {
    if (!numbers.has(root)) numbers.set(root, numbers.size);
    return numbers.get(root) ?? 0;
  });
  return { keys, marks };
}

interface Link {
  readonly one: number;
  readonly other: number;
  readonly weight: number;
}

/** Documents of each of two groups that are compared before the groups become one. */
const witnessesMax = 6;

/**
 * By document: one that stands for its group. The strongest links come first, and two groups become one only
 * where half of the pairs between them are linked too: an agency or a town that stands on pages of many
 * senders, some with this one and some with that one, does not chain them all together.
 */
function clustered(marks: readonly (readonly Mark[])[]): readonly number[] {
  const links = linksOf(marks);
  const hashes = marks.map((some) => new Set(some.map(({ hash }) => hash)));
  const isLinked = (a: number, b: number) => {
    const shared = sharedWeights(marks[a] ?? [], (hash) => (hashes[b]?.has(hash) === true ? [b] : []));
    return (shared.get(b) ?? 0) >= sameFrom;
  };
  const groups = [...marks.keys()].map((at) => [at]);
  for (const { one, other } of links) {
    const [mine, others] = [groups[one] ?? [], groups[other] ?? []];
    if (mine === others || !areLinked(mine, others, isLinked)) continue;
    mine.push(...others);
    for (const at of others) groups[at] = mine;
  }
  return groups.map(([first = 0]) => first);
}

function areLinked(mine: readonly number[], others: readonly number[], isLinked: (a: number, b: number) => boolean) {
  const pairs = mine.slice(-witnessesMax).flatMap((a) => others.slice(-witnessesMax).map((b) => isLinked(a, b)));
  return pairs.filter(Boolean).length >= pairs.length / 2;
}

/** Documents that share enough, the strongest links first. */
function linksOf(marks: readonly (readonly Mark[])[]): readonly Link[] {
  const recent = new Map<string, readonly number[]>();
  const links: Link[] = [];
  for (const [at, some] of marks.entries()) {
    for (const [other, weight] of sharedWeights(some, (hash) => recent.get(hash) ?? [])) {
      if (weight >= sameFrom) links.push({ one: other, other: at, weight });
    }
    for (const { hash } of some) recent.set(hash, [...(recent.get(hash) ?? []), at].slice(-recentMax));
  }
  return links.toSorted((a, b) => b.weight - a.weight || a.one - b.one || a.other - b.other);
}

/** What is shared with each holder of the marks. A row counts once, however many marks were made of it. */
function sharedWeights(
  marks: readonly Mark[],
  holdersOfMark: (hash: string) => readonly number[],
): ReadonlyMap<number, number> {
  const shared = new Map<number, number>();
  for (const row of Map.groupBy(marks, (mark) => mark.row).values()) {
    const heaviest = new Map<number, number>();
    for (const { hash, weight } of row) {
      for (const holder of holdersOfMark(hash)) heaviest.set(holder, Math.max(weight, heaviest.get(holder) ?? 0));
    }
    for (const [holder, weight] of heaviest) shared.set(holder, (shared.get(holder) ?? 0) + weight);
  }
  return shared;
}

/** The documents each mark stands on, in order. */
function holdersOf(marks: readonly (readonly Mark[])[]): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>();
  for (const [at, some] of marks.entries()) {
    for (const { hash } of some) {
      const known = holders.get(hash);
      if (known === undefined) holders.set(hash, [at]);
      else known.push(at);
    }
  }
  return holders;
}

function tellingMarks(marks: readonly (readonly Mark[])[]): ReadonlySet<string> {
  const holders = holdersOf(marks);
  const rows = marks.map((some) => new Map(some.map(({ hash, row }) => [hash, row])));
  const heads = new Map<string, number>();
  for (const { hash, row } of marks.flat()) if (row < letterheadRows) heads.set(hash, (heads.get(hash) ?? 0) + 1);
  const common = (hash: string, count: number) =>
    marks.length >= commonFrom && count > marks.length / 2 && (heads.get(hash) ?? 0) < count / 2;
  const rare = [...holders].filter(([hash, some]) => !common(hash, some.length));
  const candidates = new Set(rare.map(([hash]) => hash));
  return new Set(
    rare.filter(([hash, some]) => some.length < 3 || coherent(hash, some, rows, candidates)).map(([hash]) => hash),
  );
}

/** Whether most documents with this mark have another one in common that stands on another row. */
function coherent(
  hash: string,
  holders: readonly number[],
  rows: readonly ReadonlyMap<string, number>[],
  candidates: ReadonlySet<string>,
): boolean {
  const order = holders.toSorted((a, b) => hash32(`${hash} ${a}`) - hash32(`${hash} ${b}`)).slice(0, pairsMax);
  let alike = 0;
  for (const [at, one] of order.entries()) {
    const mine = rows[one] ?? new Map<string, number>();
    const others = rows[order[(at + 1) % order.length] ?? one] ?? mine;
    const elsewhere = (mark: string) => candidates.has(mark) && others.has(mark) && mine.get(mark) !== mine.get(hash);
    alike += [...mine.keys()].some(elsewhere) ? 1 : 0;
  }
  return alike > order.length / 2;
}
