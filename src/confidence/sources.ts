import type { DocumentText, Population } from "../core/index.ts";
import { hash32 } from "./random.ts";
import { type Mark, marksOf } from "./imprint.ts";

/**
 * Who sent a document, as far as the page says. Documents that share marks (lines of the head, mail
 * domains, telephone and tax numbers) worth 2 are of one source. Marks that also stand on documents
 * which share nothing else ("TAX INVOICE", a town, a hotline of the state) tell nothing, nor do those
 * on more than half of all documents (the user's own address), unless they head the page.
 *
 * A message without any such mark is a source of its own, new unless the same message was learned:
 * for tickets, then, all labels count one by one, as labels of new sources.
 */

/** Marks that were learned, by hash: weight and sources. Plain JSON; kept in the profile. */
export type SourceIndex = {
  readonly schema: "weir.sources/1";
  /** How many sources there are. */
  readonly sources: number;
  readonly marks: Readonly<Record<string, readonly [weight: number, ...sources: number[]]>>;
};

/** What two documents of one source share at least. */
const sameFrom = 2;
/** From so many documents on, a mark on more than half of them is nobody's name. */
const commonFrom = 10;
/** The letterhead, where even a mark of most documents tells the sender. */
const letterheadRows = 3;
/** Documents of a mark that are compared with each other. */
const pairsMax = 40;

/** A key for each document, the same for documents of one source. Deterministic; keys mean nothing else. */
export function sourcesOf(texts: readonly DocumentText[]): readonly string[] {
  return grouped(texts).keys.map((key) => `source ${key + 1}`);
}

/** What to know about learned documents to tell whether a new one is of one of their sources. */
export function sourceIndexOf(texts: readonly DocumentText[]): SourceIndex {
  const { keys, marks } = grouped(texts);
  const index = new Map<string, readonly [number, ...number[]]>();
  for (const [at, some] of marks.entries()) {
    const source = keys[at] ?? 0;
    for (const { hash, weight } of some) {
      const known = index.get(hash) ?? [weight];
      if (!known.slice(1).includes(source)) index.set(hash, [...known, source]);
    }
  }
  return { schema: "weir.sources/1", sources: new Set(keys).size, marks: Object.fromEntries(index) };
}

/** The number of the learned source a document is of; null for one never seen. */
export function sourceIn(index: SourceIndex, text: DocumentText): number | null {
  const shared = new Map<number, number>();
  for (const { hash } of marksOf(text)) {
    const [weight = 0, ...sources] = index.marks[hash] ?? [];
    for (const source of sources) shared.set(source, (shared.get(source) ?? 0) + weight);
  }
  const [best] = [...shared].toSorted(([a, m], [b, n]) => n - m || a - b);
  return best !== undefined && best[1] >= sameFrom ? best[0] : null;
}

/** Whether the document's sender was learned from. */
export function populationOf(index: SourceIndex, text: DocumentText): Population {
  return sourceIn(index, text) === null ? "new" : "known";
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
  const holders = holdersOf(marks);
  const parents = [...marks.keys()];
  for (const [at, some] of marks.entries()) {
    const shared = new Map<number, number>();
    for (const { hash, weight } of some) {
      for (const other of holders.get(hash) ?? []) {
        if (other >= at) break;
        shared.set(other, (shared.get(other) ?? 0) + weight);
      }
    }
    for (const [other, weight] of shared) if (weight >= sameFrom) parents[rootOf(parents, at)] = rootOf(parents, other);
  }
  const numbers = new Map<number, number>();
  const keys = parents.map((_, at) => {
    const root = rootOf(parents, at);
    if (!numbers.has(root)) numbers.set(root, numbers.size);
    return numbers.get(root) ?? 0;
  });
  return { keys, marks };
}

function rootOf(parents: number[], at: number): number {
  let root = at;
  while (parents[root] !== undefined && parents[root] !== root) root = parents[root] ?? root;
  parents[at] = root;
  return root;
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
  const sets = marks.map((some) => new Set(some.map(({ hash }) => hash)));
  const heads = new Map<string, number>();
  for (const { hash, row } of marks.flat()) if (row < letterheadRows) heads.set(hash, (heads.get(hash) ?? 0) + 1);
  const common = (hash: string, count: number) =>
    marks.length >= commonFrom && count > marks.length / 2 && (heads.get(hash) ?? 0) < count / 2;
  const rare = [...holders].filter(([hash, some]) => !common(hash, some.length));
  const candidates = new Set(rare.map(([hash]) => hash));
  return new Set(
    rare.filter(([hash, some]) => some.length < 3 || coherent(hash, some, sets, candidates)).map(([hash]) => hash),
  );
}

/** Whether most documents with this mark have another one in common. */
function coherent(
  hash: string,
  holders: readonly number[],
  sets: readonly ReadonlySet<string>[],
  candidates: ReadonlySet<string>,
): boolean {
  const order = holders.toSorted((a, b) => hash32(`${hash} ${a}`) - hash32(`${hash} ${b}`)).slice(0, pairsMax);
  let alike = 0;
  for (const [at, one] of order.entries()) {
    const other = sets[order[(at + 1) % order.length] ?? one] ?? new Set();
    alike += [...(sets[one] ?? [])].some((mark) => mark !== hash && candidates.has(mark) && other.has(mark)) ? 1 : 0;
  }
  return alike > order.length / 2;
}
