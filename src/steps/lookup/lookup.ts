import {
  type Decision,
  type DraftData,
  InvariantBroken,
  type Json,
  WeirError,
  amend,
  raise,
} from "../../core/index.ts";
import type { Draft, Merged, PathOf, Schema, Step, StepContext } from "../../ports/index.ts";
import { type RowAt, nested } from "./nested.ts";
import { type Source, type SourceRow, checkParameters } from "./source.ts";

export interface LookupOptions<Into extends string> {
  /** Where the row goes in the output; default the source's name. */
  readonly into?: Into;
  /** A second lookup in a workflow needs a name of its own; default "look up" and where the row goes. */
  readonly name?: string;
  /** Whether a value that is not there is fine; default: it is a doubt. */
  readonly optional?: boolean;
}

/**
 * Asks a system of the user about the value at a path, and puts the row it answers with into the draft.
 * A doubted value is settled by a person first. That there is no such row, that there are several, that
 * the system is down or answers nonsense is a doubt on the path.
 */
export function lookup<S extends Schema, P extends PathOf<S>, Row extends Schema, Into extends string>(
  path: P,
  source: Source<Row, Into>,
  options: LookupOptions<Into> = {},
): Step<Draft<S>, Draft<Merged<S, RowAt<Into, Row>>>> {
  const into = options.into ?? source.name;
  const name = options.name ?? `look up ${into}`;
  checkParameters(source, ["key"]);
  const schema = nested(into, source.row);
  const optional = options.optional ?? false;
  return {
    name,
    kind: "lookup",
    shape: { path, into, optional, source: source.shape },
    schema,
    needs: [path],
    run: async (state, context) => {
      const key = state.draft.decisions[path]?.value ?? null;
      const outcome = await find(source, key, context);
      context.tell("lookup.done", { source: source.name, path, key, found: outcome.rows.length, code: outcome.code });
      const facts = factsOf(source.row, into, outcome.rows);
      const draft: DraftData = {
        ...amend(state.draft, facts),
        // Nothing to look for there on the page: that they are missing is said by the doubt on the path.
        optional: [...state.draft.optional, ...Object.keys(facts)],
      };
      const message = outcome.message ?? problemOf(source.name, key, outcome.rows, optional);
      const code = outcome.code ?? (outcome.rows.length > 1 ? "lookup.ambiguous" : "lookup.not-found");
      const doubted =
        message === null
          ? draft
          : raise(draft, { code, paths: [doubtedPath(draft, path, facts)], message, step: name });
      // What is in the draft exists for the compiler only.
      return { ...state, draft: doubted } as unknown as Draft<Merged<S, RowAt<Into, Row>>>;
    },
  };
}

/**
 * What a person said before the lookup settles no doubt that comes out of it: that one falls on the row,
 * and accepting its first value means that there is none.
 */
function doubtedPath(draft: DraftData, path: string, facts: Record<string, Decision>): string {
  const [first = path] = Object.keys(facts);
  return draft.decisions[path]?.by === "human" ? first : path;
}

interface Found {
  readonly rows: readonly SourceRow[];
  /** Why there is no answer. */
  readonly code: string | null;
  readonly message: string | null;
}

/** Fails only for what is tried again, or for what no person can make good. */
async function find(source: Source<Schema>, key: Json, context: StepContext): Promise<Found> {
  if (key === null) return { rows: [], code: null, message: null };
  if (typeof key === "object") throw new InvariantBroken("A lookup with a list.");
  try {
    return { rows: await source.find({ key: String(key) }, context), code: null, message: null };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof WeirError) || !isDoubt(error, context)) throw error;
    return { rows: [], code: error.code, message: error.message };
  }
}

function isDoubt({ code, next }: WeirError, { lastTry }: StepContext): boolean {
  return code.startsWith("lookup.") && (next === "review" || (next === "retry" && lastTry));
}

function problemOf(name: string, key: Json, rows: readonly SourceRow[], optional: boolean): string | null {
  if (key === null || rows.length === 1 || (rows.length === 0 && optional)) return null;
  return rows.length === 0
    ? `there is no ${name} ${String(key)}`
    : `there are ${rows.length} of ${name} ${String(key)}`;
}

function factsOf(row: Schema, into: string, rows: readonly SourceRow[]): Record<string, Decision> {
  const [only] = rows.length === 1 ? rows : [];
  return Object.fromEntries(Object.keys(row.shape).map((key) => [`${into}.${key}`, factOf(only?.[key] ?? null)]));
}

/** Not on the page: it comes from the system that was asked. */
function factOf(value: Json): Decision {
  return {
    value,
    confidence: null,
    status: value === null ? "review" : "accepted",
    by: "rule",
    source: [],
    alternatives: [],
    evidence: value === null ? {} : { "lookup.found": 1 },
  };
}
