/** The public surface: what workflows import from "weir". */
export { type Flow, workflow } from "./engine/flow.ts";
export { type GraphOptions, type WeirGraph, WeirState, asNode } from "./engine/graph.ts";
export type { WorkflowDefinition, WorkflowOptions } from "./engine/definition.ts";
export { type Decision, type Decisions, type Doubt, type DraftData, Money, WeirError, money } from "./core/index.ts";
export {
  type ClassifyOptions,
  type Delivery,
  type ExtractOptions,
  type RaiseDoubt,
  type ReadOptions,
  type RuleValues,
  type Target,
  classify,
  cloud,
  deliver,
  extract,
  folder,
  label,
  read,
  review,
  to,
  validate,
} from "./steps/index.ts";
export type { Draft, Escalation, Final, Pages, Start, Step, StepContext, StepHost } from "./ports/index.ts";
