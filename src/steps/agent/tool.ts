import { z } from "zod";
import type { Action, DraftData, Json, JsonObject } from "../../core/index.ts";
import type { Draft, Schema, StepContext } from "../../ports/index.ts";
import type { AgentView } from "./view.ts";

/**
 * What a rule says about a tool at this turn. `now`: this is what has to be done. `may`: it can help, the
 * model may choose it. `no`: it is not offered, whatever the model would like.
 */
export type Wish = "now" | "may" | "no";

/** Something an agent can do. */
export interface Tool<Arguments extends Schema = Schema> {
  /** Letters, digits, blanks, e.g. "look up order". */
  readonly name: string;
  /** How the sentence "The next step is to …" goes on: what the model chooses by. */
  readonly description: string;
  /** Flat. Every value is pointed at on the page, or stands in the draft; without one the tool is not offered. */
  readonly arguments: Arguments;
  /** The form of what comes back; anything else is a failed call. */
  readonly result: z.ZodType;
  readonly when: (view: AgentView) => Wish;
  /** Whether everything it needs is there, e.g. a cloud; default yes. */
  readonly isReady?: (context: StepContext) => boolean;
  /** Whether asking about one candidate after the other does no harm, so that none has to be chosen. */
  readonly each?: boolean;
  /** Whether the agent has come to its end with it. */
  readonly ends?: boolean;
  /** Whether what it brings is the answer, and must have its form. */
  readonly answers?: boolean;
  /** A call that takes longer has failed; default: the step's own limit. */
  readonly timeoutMs?: number;
  /** For the workflow's hash: what the rest of it does not say. */
  readonly shape: JsonObject;
  run(values: z.output<Arguments>, call: ToolCall): Promise<ToolResult>;
}

/** What a tool is given besides its arguments. */
export interface ToolCall {
  /** Stable over crashes and retries of this call: hand it to whatever must not happen twice. */
  readonly effectKey: string;
  readonly signal: AbortSignal;
  readonly view: AgentView;
  readonly state: Draft<Schema>;
  readonly context: StepContext;
  /** The choice that led here. */
  readonly action: Action;
  /** Paths of the agent's answer. */
  readonly answerPaths: readonly string[];
}

export interface ToolResult {
  /** In printed form: what goes on record, and what rules and the model see of it. */
  readonly value: Json;
  /** The draft, where the tool changes it. */
  readonly draft?: DraftData;
}

interface ToolOptions<Arguments extends Schema, Result extends z.ZodType> {
  readonly description: string;
  readonly arguments: Arguments;
  readonly result: Result;
  /** A call that takes longer has failed, whether it listens to its signal or not; default 60 s. */
  readonly timeoutMs?: number;
  run(
    values: z.output<Arguments>,
    call: Pick<ToolCall, "effectKey" | "signal" | "view">,
  ): Promise<z.input<Result>> | z.input<Result>;
}

/** A tool that only reads may be offered at any turn; one that changes something says when. */
type Changing =
  | { readonly changes: false; readonly when?: (view: AgentView) => Wish }
  | { readonly changes: true; readonly when: (view: AgentView) => Wish };

/**
 * A function of one's own as a tool. It is called with typed values that stand on the page or were decided,
 * and again with the same `effectKey` after a crash. What it throws is a failed call on record.
 */
export function tool<Arguments extends Schema, Result extends z.ZodType>(
  name: string,
  options: ToolOptions<Arguments, Result> & Changing,
): Tool<Arguments> {
  const { description, result, changes, when = () => "may", timeoutMs = 60_000 } = options;
  return {
    name,
    description,
    arguments: options.arguments,
    result,
    when,
    timeoutMs,
    shape: { changes, timeoutMs, when: String(when), source: String(options.run) },
    run: async (values, { effectKey, signal, view }) => ({
      value: (await options.run(values, { effectKey, signal, view })) as Json,
    }),
  };
}

/** For tools without arguments. */
export const nothing = z.object({});
