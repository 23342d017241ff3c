import type { Reader } from "../core/index.ts";
import type { WorkflowDefinition } from "../engine/definition.ts";
import type { ProfileExample, Store } from "../ports/index.ts";
import { reviewedLabels } from "./reviews.ts";
import { type Readings, type ReadOptions, readExamples } from "./reading.ts";
import { type Trial, type TrialRequest, tryOut } from "./trial.ts";
import { type TeachReport, type TeachRequest, type TeacherOptions, teach } from "./teach.ts";

/** What the command line may ask about learning. */
export interface Teaching {
  /** @throws WeirError `teach.nothing`, `profile.damaged` */
  teach(request: TeachRequest): Promise<TeachReport>;
  /** Labelled documents as a run would see them after reading. */
  read(definition: WorkflowDefinition, examples: readonly ProfileExample[], options: ReadOptions): Promise<Readings>;
  /** Learns from some examples and answers others, in memory. */
  tryOut(request: TrialRequest): Promise<Trial>;
  /** What people decided in finished reviews of a workflow, or also what a cloud answered, as labels. */
  reviewed(workflow: string, by?: readonly Reader[]): Promise<readonly ProfileExample[]>;
}

export function createTeaching(options: TeacherOptions & { readonly store: Store }): Teaching {
  return {
    teach: async (request) => await teach(request, options),
    read: async (definition, examples, how) => await readExamples(definition, options.host, examples, how),
    tryOut: async (request) => await tryOut(request, options.host),
    reviewed: async (workflow, by) => await reviewedLabels(options, workflow, by),
  };
}
