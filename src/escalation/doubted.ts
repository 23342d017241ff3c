import { type DraftData, type Doubt, openDoubts, schemaPath } from "../core/index.ts";
import type { Disclosure, NarrowedEscalation } from "../ports/index.ts";

/** Set on the decisions of every path that was asked about, whatever came of it. */
export const askedSignal = "cloud.asked";

/** Doubts no answer about a value can settle: parts of the document were not read. */
const unanswerable = /^(?:read\.|cloud\.|answer\.cut-short)/;

/** A path somebody has to settle, why, and how much may leave for it. */
export interface DoubtedPath {
  readonly path: string;
  readonly doubts: readonly Doubt[];
  readonly disclose: Exclude<Disclosure, "nothing">;
}

/** The doubted paths that may be asked about, in the order they were decided. */
export function doubtedPaths(
  draft: DraftData,
  disclose: Disclosure,
  narrowed: NarrowedEscalation,
): readonly DoubtedPath[] {
  const open = openDoubts(draft);
  return Object.keys(draft.decisions).flatMap((path) => {
    const doubts = open.filter(({ paths }) => paths.includes(path));
    const decision = draft.decisions[path];
    if (doubts.length === 0 || decision?.by === "human" || decision?.by === "embedded") return [];
    if (decision?.evidence[askedSignal] === 1 || doubts.some(({ code }) => unanswerable.test(code))) return [];
    const allowed = allowedFor(path, disclose, narrowed);
    return allowed === "nothing" ? [] : [{ path, doubts, disclose: allowed }];
  });
}

const order: readonly Disclosure[] = ["nothing", "surrogates", "lines", "document"];

/** What the workflow allows, less what the step takes away. */
function allowedFor(path: string, disclose: Disclosure, narrowed: NarrowedEscalation): Disclosure {
  const said = narrowed(path);
  if (said === null) return disclose;
  if (said === false) return "nothing";
  if (said.paths && !said.paths.includes(schemaPath(path)) && !said.paths.includes(path)) return "nothing";
  const limit = said.disclose ?? disclose;
  return order.indexOf(limit) < order.indexOf(disclose) ? limit : disclose;
}
