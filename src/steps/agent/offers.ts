import type { z } from "zod";
import { type Action, type DocumentText, type DraftData, type Json, actionsOf } from "../../core/index.ts";
import type { Schema, StepContext } from "../../ports/index.ts";
import { type Pointed, candidatesOf } from "./candidates.ts";
import type { Tool, Wish } from "./tool.ts";
import { type AgentView, viewOf } from "./view.ts";

/** A tool that may be chosen at this turn. */
export interface Offer {
  readonly tool: Tool;
  readonly wish: Exclude<Wish, "no">;
  /** For each argument what it can be and has not been, best first. */
  readonly left: ReadonlyMap<string, readonly Pointed[]>;
}

/** Stated by a person, by another step or by an earlier call: better than anything that only stands on the page. */
const settledScore = 2;

/** Tools whose rules allow them, that are ready, and whose arguments are all there. */
export function offersOf(
  tools: readonly Tool[],
  draft: DraftData,
  page: { readonly step: string; readonly text: DocumentText; readonly context: StepContext },
): { readonly offers: readonly Offer[]; readonly view: AgentView } {
  const { step, text, context } = page;
  const done = actionsOf(draft, step).filter(({ outcome }) => outcome !== null);
  const known = new Map<string, ReadonlyMap<string, readonly Pointed[]>>();
  const leftFor = (tool: Tool) => {
    const left = known.get(tool.name) ?? untried(tool, valuesFor(tool, draft, done, text), done);
    known.set(tool.name, left);
    return left;
  };
  const left: AgentView["left"] = (name, argument) => {
    const named = tools.find((tool) => tool.name === name);
    return (named && leftFor(named).get(argument)) ?? [];
  };
  const view = viewOf(draft, step, { text, settings: context.settings, left });
  const offers = tools.flatMap((tool): readonly Offer[] => {
    if (tool.isReady?.(context) === false) return [];
    const wish = tool.when(view);
    if (wish === "no") return [];
    const values = leftFor(tool);
    if ([...values.values()].some((candidates) => candidates.length === 0)) return [];
    // Called once without arguments, a tool that only reads would say the same again.
    if (values.size === 0 && done.some((action) => action.tool === tool.name)) return [];
    return [{ tool, wish: context.without.has("rule") ? "may" : wish, left: values }];
  });
  return { offers, view };
}

function valuesFor(
  tool: Tool,
  draft: DraftData,
  done: readonly Action[],
  text: DocumentText,
): ReadonlyMap<string, readonly Pointed[]> {
  const names = Object.keys(tool.arguments.shape);
  if (names.length === 0) return new Map();
  const onPage = candidatesOf(tool.arguments, text);
  return new Map(
    names.map((name) => {
      // What a tool said itself is nothing new to ask it about.
      const others = done.filter((action) => action.tool !== tool.name);
      const settled = [...answered(name, others), ...decided(name, draft)].filter(({ value }) =>
        fits(tool.arguments, name, value),
      );
      return [name, settled.length > 0 ? settled : (onPage.get(name) ?? [])];
    }),
  );
}

function fits(schema: Schema, name: string, value: Json): boolean {
  return (schema.shape[name] as z.ZodType).safeParse(value).success;
}

/** A path of the same name that was accepted. */
function decided(name: string, { decisions }: DraftData): readonly Pointed[] {
  const decision = decisions[name];
  if (decision?.status !== "accepted" || decision.value === null) return [];
  return [{ value: decision.value, spans: decision.source, score: settledScore }];
}

/** A field of the same name in what an earlier call brought. */
function answered(name: string, done: readonly Action[]): readonly Pointed[] {
  return done
    .flatMap(({ outcome }) => (outcome?.status === "done" ? fieldsNamed(name, outcome.value) : []))
    .map((value) => ({ value, spans: [], score: settledScore }));
}

function fieldsNamed(name: string, value: Json): readonly Json[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Json]) =>
    key === name && inner !== null && typeof inner !== "object" ? [inner] : fieldsNamed(name, inner),
  );
}

/** A call is not made twice: what its first argument was before, it will not be again. */
function untried(
  tool: Tool,
  values: ReadonlyMap<string, readonly Pointed[]>,
  done: readonly Action[],
): ReadonlyMap<string, readonly Pointed[]> {
  const [first] = values.keys();
  if (first === undefined) return values;
  const tried = new Set(done.flatMap((action) => (action.tool === tool.name ? [action.arguments[first] ?? null] : [])));
  return new Map(
    [...values].map(([name, candidates]) => [
      name,
      name === first ? candidates.filter(({ value }) => !tried.has(value)) : candidates,
    ]),
  );
}
