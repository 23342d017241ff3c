import type { Decision, Decisions, Doubt } from "../core/index.ts";
import { type FieldSpec, fieldsOf, isBill, type Survey, surveyOf } from "../ranking/index.ts";
import type { DecodePlan, PlannedPath } from "../slm/index.ts";
import { type Answer, answer } from "./answering.ts";
import { type Excerpts, excerptsOf } from "./excerpts.ts";
import { pointAt } from "./pointing.ts";
import type { Extracted, ExtractRequest } from "./reading.ts";
import { optionalLists } from "./schema.ts";

/**
 * Decides every path of a schema by its strategy: what stands on the page is pointed at; what can only be one
 * is that; the model is asked about the rest, one stretch of the document after another.
 */
export async function followPlan(plan: DecodePlan, request: ExtractRequest): Promise<Extracted> {
  const survey = surveyOf(request.text);
  const fields = pointable(plan, request);
  const pointed = await pointAt(fields, survey, request);
  const free = new Set(fields.filter(({ type }) => type === "text").map(({ path }) => path));
  const open = plan.paths.filter((one) => {
    return !one.path.includes("*") && isOpen(one, pointed.decisions[one.path], free.has(one.path));
  });
  const { answers, doubts } = await answersTo(open, survey, request);
  const empty = emptyLists(plan, fields, pointed.decisions, request);
  const found: Decisions = {
    ...pointed.decisions,
    ...Object.assign({}, ...answers.map(({ decisions }) => decisions)),
    ...Object.fromEntries(empty.map((array) => [array, none])),
  };
  return {
    decisions: inOrder(plan, found),
    doubts: [
      ...pointed.doubts,
      ...answers.flatMap((one) => one.doubts),
      ...doubts,
      ...empty.map((array) => noRows(array, request.step)),
    ],
  };
}

/** Fields whose values stand on the page. */
function pointable({ paths }: DecodePlan, { schema }: ExtractRequest): readonly FieldSpec[] {
  const strategies = new Map(paths.map(({ path, strategy }) => [path, strategy]));
  return fieldsOf(schema).filter(({ path }) => ["point", "choose"].includes(strategies.get(path) ?? ""));
}

/** A label that fits no better than this does not name the field. */
const labelFitMin = 0.65;

/**
 * Whether a path is still to be decided after pointing. What was learned stays, and so does what stands beside its
 * own name.
 * @param free whether it is a string of no kind that a finder knows
 */
function isOpen({ strategy }: PlannedPath, pointed: Decision | undefined, free: boolean): boolean {
  if (strategy !== "point" && strategy !== "choose") return true;
  if (pointed !== undefined && (pointed.confidence !== null || pointed.status === "accepted")) return false;
  if (strategy === "choose") return pointed === undefined || pointed.value === null;
  const fit = Math.max(pointed?.evidence["label.fit"] ?? 0, pointed?.evidence["encoder.fit"] ?? 0);
  return free && fit < labelFitMin;
}

/** Each path's best answer over all windows of the document; a window is read once, whatever is asked about it. */
async function answersTo(
  open: readonly PlannedPath[],
  survey: Survey,
  request: ExtractRequest,
): Promise<{ readonly answers: readonly Answer[]; readonly doubts: readonly Doubt[] }> {
  const best = new Map<string, Answer>();
  const asked = open.filter(({ strategy }) => strategy !== "compute");
  const isAsked = asked.length > 0 && !request.context.without.has("slm");
  const excerpts = isAsked ? excerptsOf(survey, request.options.window) : { asked: [], of: 0 };
  for (const excerpt of excerpts.asked) {
    for (const planned of asked) {
      const one = await answer(planned, excerpt, request);
      if (one !== null && one.weight > (best.get(planned.path)?.weight ?? Number.NEGATIVE_INFINITY)) {
        best.set(planned.path, one);
      }
    }
  }
  const isCut = excerpts.asked.length < excerpts.of;
  return {
    answers: open.map((planned) => best.get(planned.path) ?? unasked(planned)),
    doubts: isCut ? [notRead(asked, excerpts, request.step)] : [],
  };
}

function notRead(asked: readonly PlannedPath[], excerpts: Excerpts, step: string): Doubt {
  const message = `the document is long: the model was asked about ${excerpts.asked.length} of its ${excerpts.of} windows`;
  return { code: "read.cut", paths: asked.map(({ path }) => path), message, step };
}

/** What can only be one value is that; everything else was not found. */
function unasked({ path, strategy, values }: PlannedPath): Answer {
  const isKnown = strategy === "compute";
  const value = isKnown ? (values[0] ?? null) : null;
  return {
    weight: 0,
    decisions: { [path]: { ...none, value, by: isKnown ? "rule" : "slm", status: isKnown ? "accepted" : "review" } },
    doubts: [],
  };
}

/** A list that the document does not have. */
const none: Decision = {
  value: [],
  confidence: null,
  status: "review",
  by: "rule",
  source: [],
  alternatives: [],
  evidence: {},
};

/** Lists that were not found and must be doubted: many bills list no items, so that nothing follows from their absence. */
function emptyLists(
  { arrays }: DecodePlan,
  fields: readonly FieldSpec[],
  found: Decisions,
  { schema }: ExtractRequest,
): readonly string[] {
  const paths = Object.keys(found);
  const optional = new Set(optionalLists(schema));
  return arrays.filter((array) => {
    if (optional.has(array) || paths.some((path) => path.startsWith(`${array}.`))) return false;
    return !isBill(fields.filter((field) => field.array === array));
  });
}

function noRows(array: string, step: string): Doubt {
  const message = `no rows of ${array} were found in the document: the list is empty`;
  return { code: "list.empty", paths: [array], message, step };
}

/** In the order of the schema, so that a review reads as the schema does. */
function inOrder({ paths }: DecodePlan, decisions: Decisions): Decisions {
  const order = paths.map(({ path }) => path.split(".*")[0] ?? path);
  const rank = (path: string) => {
    const at = order.findIndex((one) => path === one || path.startsWith(`${one}.`));
    return at < 0 ? order.length : at;
  };
  return Object.fromEntries(Object.entries(decisions).toSorted(([a], [b]) => rank(a) - rank(b)));
}
