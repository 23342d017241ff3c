import { emptyDraft } from "../core/index.ts";
import type { Drafted, Pages, Schema, Step } from "../ports/index.ts";

export interface ExtractOptions {
  /** A second extract in a workflow needs a name of its own. */
  readonly name?: string;
  readonly decode?: "point" | "grammar";
}

export function extract<S extends Schema, In extends Pages = Pages>(
  schema: S,
  options: ExtractOptions = {},
): Step<In, Drafted<In, S>> {
  return {
    name: options.name ?? "extract",
    kind: "extract",
    shape: { decode: options.decode ?? "point" },
    schema,
    run: async (state) => ({ ...state, stage: "draft", draft: emptyDraft }) as unknown as Drafted<In, S>,
  };
}
