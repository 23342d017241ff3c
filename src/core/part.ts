import type { Doubt, DraftData } from "./decision.ts";
import type { DocumentText } from "./document.ts";

/** A line of a document, by its place; both from 1. */
export interface LinePlace {
  readonly page: number;
  readonly line: number;
}

/** A part of a document as a split names it: from one line to another, both included. */
export interface PartLines {
  /** For people, e.g. its heading. */
  readonly name: string;
  readonly from: LinePlace;
  readonly to: LinePlace;
}

/** One part of a document, by reference to the lines of its reading. */
export interface Part extends PartLines {
  /** From 0, in the order of the split. */
  readonly index: number;
  /** How many parts the document has. */
  readonly count: number;
}

/** The lines of a part, on the pages and under the numbers they have in the whole document. */
export function textOfPart(text: DocumentText, { from, to }: PartLines): DocumentText {
  const pages = text.pages.flatMap((page) =>
    page.page < from.page || page.page > to.page
      ? []
      : [{ ...page, lines: page.lines.filter((line) => !isBefore(line, from) && !isBefore(to, line)) }],
  );
  return { ...text, pages };
}

/** Whether a place comes before another one in the order of reading. */
export function isBefore(one: LinePlace, other: LinePlace): boolean {
  return one.page === other.page ? one.line < other.line : one.page < other.page;
}

/** What was decided about a part as part of the document's draft: its paths stand under "LIST.INDEX.". */
export function draftUnder(list: string, index: number, draft: DraftData): DraftData {
  const under = (path: string) => `${list}.${index}.${path}`;
  const bare = (step: string) => (step.startsWith(`${list}.`) ? step.slice(list.length + 1) : step);
  return {
    decisions: Object.fromEntries(Object.entries(draft.decisions).map(([path, one]) => [under(path), one])),
    doubts: draft.doubts.map((doubt) => ({
      ...doubt,
      paths: doubt.paths.map(under),
      step: `${list}.${bare(doubt.step)}`,
    })),
    optional: draft.optional.map(under),
    ...(draft.actions
      ? { actions: draft.actions.map((action) => ({ ...action, step: under(bare(action.step)) })) }
      : {}),
  };
}

/** The drafts of the parts in a document's draft, by index: `draftUnder` the other way round, without actions. */
export function draftsOfParts(list: string, draft: DraftData): ReadonlyMap<number, DraftData> {
  const parts = new Map<number, { decisions: DraftData["decisions"]; doubts: Doubt[]; optional: string[] }>();
  const placeOf = (path: string): readonly [number, string] | null => {
    const found = path.startsWith(`${list}.`) ? /^(\d+)\.(.+)$/.exec(path.slice(list.length + 1)) : null;
    return found ? [Number(found[1]), found[2] ?? ""] : null;
  };
  for (const [path, decision] of Object.entries(draft.decisions)) {
    const place = placeOf(path);
    if (!place) continue;
    const [index, inner] = place;
    const part = parts.get(index) ?? { decisions: {}, doubts: [], optional: [] };
    parts.set(index, part);
    (part.decisions as Record<string, typeof decision>)[inner] = decision;
  }
  for (const path of draft.optional) {
    const place = placeOf(path);
    if (place) parts.get(place[0])?.optional.push(place[1]);
  }
  for (const doubt of draft.doubts) {
    const places = doubt.paths.map(placeOf);
    const [first] = places;
    if (!first || places.some((place) => place?.[0] !== first[0])) continue;
    const paths = places.flatMap((place) => (place ? [place[1]] : []));
    parts.get(first[0])?.doubts.push({ ...doubt, paths, step: doubt.step.slice(list.length + 1) });
  }
  return parts;
}

/** One draft of several: what the later one decides goes before what the earlier one does. */
export function joined(one: DraftData, other: DraftData): DraftData {
  const actions = [...(one.actions ?? []), ...(other.actions ?? [])];
  return {
    decisions: { ...one.decisions, ...other.decisions },
    doubts: [...one.doubts, ...other.doubts],
    optional: [...new Set([...one.optional, ...other.optional])],
    ...(actions.length > 0 ? { actions } : {}),
  };
}
