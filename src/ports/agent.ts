import type { JsonObject } from "../core/index.ts";
import type { Draft, Schema, StepContext } from "./step.ts";

/**
 * What the engine runs as an agent: a choice, then the call that was chosen, and again, each journaled
 * on its own. A choice is on record before its call begins, so that a crash repeats the same call under
 * the same `effectKey` and never makes another one.
 */
export interface Toolbox<Added extends Schema> {
  /** What the structural hash of the workflow covers: tools, their arguments, their rules. */
  readonly shape: JsonObject;
  /** The paths its answer decides. */
  readonly schema: Added;
  /** Puts the next call on record as pending, or ends with an answer or a doubt and leaves none pending. */
  choose(state: Draft<Schema>, context: StepContext, limits: AgentLimits): Promise<Draft<Schema>>;
  /** Makes the pending call and puts its outcome on record. */
  call(state: Draft<Schema>, context: StepContext, limits: AgentLimits): Promise<Draft<Schema>>;
}

/** An agent always ends: at one of these with a doubt for a person. */
export interface AgentLimits {
  /** Name of its step. */
  readonly step: string;
  readonly turnsMax: number;
  /** Tokens its choices may take of the language model, prompt and answer; beyond them only rules choose. */
  readonly tokensMax: number;
}
