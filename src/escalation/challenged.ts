import { challenge, type Opinion, pageTextOf } from "../confidence/index.ts";
import { type Decision, type DocumentText, type DraftData, raise } from "../core/index.ts";
import type { Schema } from "../ports/index.ts";
import { sumRoles } from "../ranking/agree.ts";
import { fieldsOf } from "../ranking/fields.ts";
import { isLabelled } from "./choices.ts";
import type { Slot } from "./question.ts";

/** Names the doubts of an escalation. */
export const cloudStep = "cloud";

/**
 * Doubts what a cloud said where our own reading speaks against it: a value that is far less likely than
 * another, sums that contradict each other (`claim.*`). That it stands on a line that was sent is known by
 * then. Labels are not read off the page and stay as they are.
 * @param own the draft before it was asked
 */
export function challenged(
  draft: DraftData,
  own: DraftData,
  slots: readonly Slot[],
  { schema, text }: { readonly schema: Schema; readonly text: DocumentText },
): DraftData {
  const said = slots
    .filter(({ path, field }) => draft.decisions[path]?.by === "cloud" && !isLabelled(path, field, schema))
    .map(({ path }) => path);
  if (said.length === 0) return draft;
  const sums = Object.fromEntries([...sumRoles(fieldsOf(schema))].map(([role, { path }]) => [role, path]));
  // A sum that is doubted itself says nothing about the others.
  const settled = Object.values(sums).filter((path) => draft.decisions[path]?.status === "accepted");
  const claimed = [...new Set([...said, ...settled])].flatMap((path): readonly [string, Decision][] => {
    const decision = draft.decisions[path];
    return decision ? [[path, decision]] : [];
  });
  const doubts = challenge({
    claims: Object.fromEntries(claimed.map(([path, { value }]) => [path, value])),
    opinions: Object.fromEntries(claimed.map(([path, decision]) => [path, opinionOf(own.decisions[path], decision)])),
    page: pageTextOf(text),
    sums,
  });
  return doubts.reduce((before, { code, paths, message }) => {
    const theirs = paths.filter((path) => said.includes(path));
    if (theirs.length === 0) return before;
    return raise(before, { code, paths: theirs, message: `${theirs.join(", ")}: ${message}`, step: cloudStep });
  }, draft);
}

/** What we made of a path before the cloud was asked; a guess that nobody calibrated or accepted is no opinion. */
function opinionOf(own: Decision | undefined, said: Decision): Opinion {
  // Whatever has a place in the document stands there, also where it is written otherwise.
  const printed = said.source.length > 0 ? [String(said.value)] : null;
  if (!own || (own.confidence === null && own.status !== "accepted")) return { ranked: [], confidence: null, printed };
  const rivals = own.alternatives.flatMap(({ value, confidence }) =>
    confidence === null ? [] : [{ value, probability: confidence }],
  );
  const best = { value: own.value, probability: own.confidence ?? 1 };
  return { ranked: [best, ...rivals], confidence: own.confidence, printed };
}
