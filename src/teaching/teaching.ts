import type { ProfileExample, Store } from "../ports/index.ts";
import { reviewedLabels } from "./reviews.ts";
import { type TeachReport, type TeachRequest, type TeacherOptions, teach } from "./teach.ts";

/** What the command line may ask about learning. */
export interface Teaching {
  /** @throws WeirError `teach.nothing`, `profile.damaged` */
  teach(request: TeachRequest): Promise<TeachReport>;
  /** What people decided in finished reviews of a workflow, as labels. */
  reviewed(workflow: string): Promise<readonly ProfileExample[]>;
}

export function createTeaching(options: TeacherOptions & { readonly store: Store }): Teaching {
  return {
    teach: async (request) => await teach(request, options),
    reviewed: async (workflow) => await reviewedLabels(options.store, workflow),
  };
}
