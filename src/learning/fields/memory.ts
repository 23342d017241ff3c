import type { Json } from "../../core/index.ts";
import type { Cues } from "../../ranking/signals.ts";
import type { Weights } from "../../ranking/ranker.ts";
import type { Survey } from "../../ranking/survey.ts";
import { likenessOfMarks, type Mark } from "./marks.ts";

/**
 * What is remembered of the learned documents: a document of a sender that is known has the same company,
 * the same address, and its total beside the same words. Pages are remembered as hashes of the words at
 * their head and foot, never as text.
 */

/** What a learned document says for one path. */
export interface Answer {
  readonly value: Json;
  /** What makes two answers the same; "" for absence. */
  readonly key: string;
  /** Whether readers that had not seen it read it rightly; null where none did. */
  readonly right: boolean | null;
  /** Where on its page it stood; empty for absence and for what stands nowhere. */
  readonly marks: readonly Mark[];
}

export interface Exemplar {
  readonly tokens: readonly number[];
  readonly answers: Readonly<Record<string, Answer>>;
}

const headRows = 25;
const footRows = 10;

/** Hashes of the words and numbers at the head and the foot of a page. */
export function tokensOf(survey: Survey): readonly number[] {
  const { rows } = survey.layout;
  const looked = rows.length <= headRows + footRows ? rows : [...rows.slice(0, headRows), ...rows.slice(-footRows)];
  const tokens = new Set<number>();
  for (const { text } of looked) {
    for (const [word] of text.toUpperCase().matchAll(/[\p{L}\p{N}]{3,}/gu)) tokens.add(hashOf(word));
  }
  return [...tokens];
}

/** FNV-1a, 32 bits. */
export function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** How alike a page is to each of the exemplars, 0..1: shared words, those that few pages have counting most. */
export type Likeness = (tokens: readonly number[]) => Float64Array;

export function likenessTo(exemplars: readonly Pick<Exemplar, "tokens">[]): Likeness {
  const places = new Map<number, number[]>();
  for (const [at, { tokens }] of exemplars.entries()) {
    for (const token of tokens) {
      const known = places.get(token);
      if (known === undefined) places.set(token, [at]);
      else known.push(at);
    }
  }
  const worth = (token: number) => Math.log((exemplars.length + 1) / ((places.get(token)?.length ?? 0) + 0.5)) ** 2;
  const norms = exemplars.map(({ tokens }) => tokens.reduce((sum, token) => sum + worth(token), 0));
  return (tokens) => {
    const shared = new Float64Array(exemplars.length);
    let norm = 0;
    for (const token of tokens) {
      const value = worth(token);
      norm += value;
      for (const at of places.get(token) ?? []) shared[at] = (shared[at] ?? 0) + value;
    }
    return shared.map((sum, at) => sum / Math.sqrt(Math.max(1e-9, norm * (norms[at] ?? 1))));
  };
}

/** What the memory has to say about one path of one page. */
export interface Recollection {
  /** By key: how alike the most alike page with this answer is, and how many pages have it. */
  readonly answers: ReadonlyMap<string, { readonly likeness: number; readonly count: number; readonly vote: number }>;
  /** The most alike pages, best first. */
  readonly neighbours: readonly { readonly likeness: number; readonly answer: Answer }[];
  readonly examples: number;
}

const neighboursMax = 5;

/**
 * @param likeness of the page with each exemplar
 * @param allowed exemplars that may be remembered
 */
export function recollect(
  exemplars: readonly Exemplar[],
  path: string,
  likeness: Float64Array,
  allowed: (at: number) => boolean,
): Recollection {
  const answers = new Map<string, { likeness: number; count: number; vote: number }>();
  const near: { likeness: number; answer: Answer }[] = [];
  let examples = 0;
  let votes = 1e-4;
  for (const [at, exemplar] of exemplars.entries()) {
    const answer = exemplar.answers[path];
    if (answer === undefined || !allowed(at)) continue;
    const alike = likeness[at] ?? 0;
    const vote = alike ** 4;
    examples += 1;
    votes += vote;
    const known = answers.get(answer.key);
    if (known === undefined) answers.set(answer.key, { likeness: alike, count: 1, vote });
    else {
      known.likeness = Math.max(known.likeness, alike);
      known.count += 1;
      known.vote += vote;
    }
    if (near.length < neighboursMax || alike > (near.at(-1)?.likeness ?? 0)) {
      near.push({ likeness: alike, answer });
      near.sort((a, b) => b.likeness - a.likeness);
      if (near.length > neighboursMax) near.pop();
    }
  }
  for (const one of answers.values()) one.vote /= votes;
  return { answers, neighbours: near, examples };
}

/** A value at a place, as far as the memory looks at it. */
export interface Recalled {
  readonly key: string;
  readonly mark: Mark | null;
  readonly misprint: string | null;
}

/** What is known of the memory's cues before anything was learned: a sender misprints its own name more often than it changes it. */
export const memoryPrior: Weights = { "memory.respelt": 6 };

/** Pages less alike than this have hardly a rare word in common. */
const strangerMax = 0.1;

/** Cues of a value, and of its place, from the memory. A page like no other has next to none. */
export function memoryCues({ key, mark, misprint }: Recalled, recollection: Recollection): Cues {
  const { answers, neighbours, examples } = recollection;
  const cues: Record<string, number> = {};
  const same = answers.get(key);
  const best = neighbours[0]?.likeness ?? 0;
  if (same !== undefined) {
    cues["memory.same"] = same.likeness;
    cues["memory.vote"] = same.vote * best;
    cues["memory.seen"] = Math.log1p(same.count) / Math.log1p(examples);
  }
  // Seen on pages like this one and more than once, and what this page prints instead on none.
  const seen = same !== undefined && same.count > 1 && same.likeness > strangerMax;
  if (seen && misprint !== null && !answers.has(misprint)) cues["memory.respelt"] = 1;
  if (mark === null) return cues;
  let most = 0;
  let all = 0;
  for (const [rank, { likeness, answer }] of neighbours.entries()) {
    let fit = 0;
    for (const other of answer.marks) fit = Math.max(fit, likenessOfMarks(mark, other));
    most = Math.max(most, likeness * fit);
    all += (likeness * fit) / (rank + 1);
  }
  if (most > 0) cues["memory.place"] = most;
  if (all > 0) cues["memory.places"] = all;
  return cues;
}

/** How often a path was read rightly and wrongly on pages like this one, each 0..1, both 0 where no page is like it. */
export interface ReadingRecord {
  readonly right: number;
  readonly wrong: number;
}

/** Pages less alike than this say nothing about each other. */
const likenessMin = 0.25;
/** Weight of not knowing. */
const doubtWeight = 0.2;

export function recordOf(
  near: readonly { readonly likeness: number; readonly right: boolean | null }[],
): ReadingRecord {
  let [right, wrong] = [0, 0];
  for (const one of near) {
    if (one.right === null || one.likeness < likenessMin) continue;
    if (one.right) right += one.likeness ** 2;
    else wrong += one.likeness ** 2;
  }
  const all = right + wrong + doubtWeight;
  return { right: right / all, wrong: wrong / all };
}

/** Pages whose record is looked at. */
const nearMax = 12;

/** The pages that are most alike, best first. */
export function nearest(
  likeness: Float64Array,
  allowed: (at: number) => boolean,
): readonly { readonly at: number; readonly likeness: number }[] {
  return [...likeness]
    .map((alike, at) => ({ at, likeness: alike }))
    .filter(({ at, likeness: alike }) => alike >= likenessMin && allowed(at))
    .toSorted((a, b) => b.likeness - a.likeness || a.at - b.at)
    .slice(0, nearMax);
}
