import { Annotation } from "@langchain/langgraph";
import { type DraftData, InvariantBroken, type Part, draftUnder, emptyDraft, joined } from "../core/index.ts";
import type { Draft, Pages, Schema, State } from "../ports/index.ts";
import { type Shelves, shelfNames, shelvedCount } from "./map/shelves.ts";

/**
 * One channel holds the whole state: it is small (documents are stored beside it), replaced as a
 * whole by every step, and stored once a version.
 */
export const WeirState = Annotation.Root({ work: Annotation<State> });

/** A map that is under way: `work` is then the state of the part at work, and this is what it will come back to. */
export interface Mapping {
  readonly name: string;
  readonly parts: readonly Part[];
  /** The state before the map. */
  readonly outer: Pages | Draft<Schema>;
}

/** Everything a graph holds between two nodes; on the shelves are the drafts of the parts that are finished. */
export interface Position extends Shelves<DraftData> {
  readonly work: State;
  /** Written when a map begins and ends, not by the steps of its parts. */
  readonly map?: Mapping | null;
}

/** The channels of a workflow with maps. */
export const MapState = Annotation.Root({
  ...WeirState.spec,
  map: Annotation<Mapping | null>,
  ...Object.fromEntries(shelfNames.map((name) => [name, Annotation<readonly DraftData[]>])),
});

/** The part at work; null outside maps, and where every part is finished. */
export function partOf(position: Position): Part | null {
  return position.map?.parts[shelvedCount(position)] ?? null;
}

/** The draft of a state, where it has one. */
export function draftOf(state: State | undefined): DraftData | null {
  return state && "draft" in state ? state.draft : null;
}

/** The document's draft as people see it: within a map that of the part at work stands in it under its place. */
export function shownAt(position: Position): (state: State) => DraftData | null {
  const { map } = position;
  if (!map) return draftOf;
  const known = draftOf(map.outer);
  const part = partOf(position);
  return (state) => {
    const draft = draftOf(state);
    return draft && part ? joined(known ?? emptyDraft, draftUnder(map.name, part.index, draft)) : known;
  };
}

/** The state of a graph that has at least begun. */
export function workOf({ work }: { readonly work?: State }): State {
  if (!work) throw new InvariantBroken("A run without state.");
  return work;
}
