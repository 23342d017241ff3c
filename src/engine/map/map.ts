import {
  type Decisions,
  type DocumentText,
  InvariantBroken,
  type Part,
  type PartLines,
  WeirError,
  draftUnder,
  emptyDraft,
  isBefore,
  joined,
  textOfPart,
} from "../../core/index.ts";
import type { Pages, Schema, State, StepContext } from "../../ports/index.ts";
import type { MapNode } from "../definition.ts";
import { type Mapping, type Position, draftOf, partOf } from "../state.ts";
import { emptyShelves, onShelves, shelved } from "./shelves.ts";

/**
 * How a workflow goes through the parts of a document: one after another, like an agent through its
 * turns. Side by side they would gain nothing, for models answer one question at a time, and a crash
 * would cost one step of every part instead of one step.
 */

/** The map's own node: the first time it splits, then it puts a finished part away; each time it begins the next one. */
export async function nextPart(node: MapNode, position: Position, context: StepContext): Promise<Partial<Position>> {
  const { map } = position;
  if (!map) {
    const outer = asOuter(position.work);
    const parts = await split(node, outer, context);
    return { work: beginning(outer), map: { name: node.name, parts, outer }, ...emptyShelves };
  }
  const draft = draftOf(position.work);
  if (!draft) throw new InvariantBroken(`A part of ${map.name} ended without a draft.`);
  return { work: beginning(map.outer), ...shelved(position, draft) };
}

/** The node behind the last part: what they came to joins the draft of the document. */
export async function mergeParts(node: MapNode, position: Position, context: StepContext): Promise<Partial<Position>> {
  const { map } = position;
  if (!map) throw new InvariantBroken(`Nothing to merge for ${node.name}.`);
  const drafts = onShelves(position);
  const parts = map.parts.map((part, at) => ({ part, draft: drafts[at] ?? emptyDraft }));
  const { decisions, doubts = [], optional = [] } = await node.merge.merge(parts, context);
  const actions = parts.flatMap(({ part, draft }) => draftUnder(node.name, part.index, draft).actions ?? []);
  // Rules of the document that bear the same name must not take back what a part doubted.
  const ofParts = doubts.map(({ code, paths, message, step }) => {
    return { code, paths, message, step: withPrefix(step, `${node.name}.`) };
  });
  const merged = joined(draftOf(map.outer) ?? emptyDraft, { decisions, doubts: ofParts, optional, actions });
  return { work: { ...map.outer, stage: "draft", draft: merged }, map: null, ...emptyShelves };
}

const withPrefix = (text: string, prefix: string) => (text.startsWith(prefix) ? text : prefix + text);

/** What a step of a part is given: the part's lines, the part's paths. */
export function contextWithin(position: Position, schema: Schema | null, context: StepContext): StepContext {
  const part = partOf(position);
  const { map } = position;
  if (!map || !part) throw new InvariantBroken("A step of a part outside its map.");
  return {
    ...context,
    schema,
    part,
    // Nothing is taught about parts: labelled examples are whole documents.
    learned: async () => null,
    answers: answersWithin(context.answers, `${map.name}.${part.index}.`),
    text: async (state) => textOfPart(await context.text(state), part),
  };
}

function answersWithin(answers: Decisions, prefix: string): Decisions {
  return Object.fromEntries(
    Object.entries(answers).flatMap(([path, one]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), one]] : [],
    ),
  );
}

function beginning({ document, reading }: Mapping["outer"]): Pages {
  return { document, reading };
}

function asOuter(state: State): Mapping["outer"] {
  if ("reading" in state && !("stage" in state && state.stage === "final")) return state;
  throw new InvariantBroken("A map over a document that was not read, or is final.");
}

async function split(node: MapNode, state: Pages, context: StepContext): Promise<readonly Part[]> {
  const text = await context.text(state);
  const found = typeof node.split === "function" ? node.split(text) : node.split.parts(text);
  const { name, partsMax } = node;
  if (found.length > partsMax) {
    throw new WeirError("parts.invalid", `"${name}" splits into ${found.length} parts, the limit is ${partsMax}.`, {
      hint: "Split into fewer, longer parts, or raise partsMax of the map.",
    });
  }
  check(name, found, text);
  const lines = text.pages.flatMap((page) => page.lines);
  const leftOut = lines.filter((line) => !found.some(({ from, to }) => !isBefore(line, from) && !isBefore(to, line)));
  context.tell("parts.found", { parts: found.length, lines: lines.length, linesLeftOut: leftOut.length });
  return found.map(({ name: label, from, to }, index) => ({ name: label, from, to, index, count: found.length }));
}

function check(name: string, parts: readonly PartLines[], text: DocumentText): void {
  const known = new Set(text.pages.flatMap(({ lines }) => lines.map(keyOf)));
  for (const [at, { from, to }] of parts.entries()) {
    const wrong = [from, to].find((place) => !known.has(keyOf(place)));
    if (wrong) {
      const message = `Part ${at + 1} of "${name}" names line ${wrong.line} of page ${wrong.page}: there is none.`;
      throw new WeirError("parts.invalid", message);
    }
    if (isBefore(to, from)) throw new WeirError("parts.invalid", `Part ${at + 1} of "${name}" ends before it begins.`);
  }
}

const keyOf = ({ page, line }: PartLines["from"]) => `${page}:${line}`;
