import { z } from "zod";
import { draftUnder } from "../../core/index.ts";
import type { Merge, Schema } from "../../ports/index.ts";

/** A map without a merge: its parts are a list in the document's draft, named as the map is. */
export function listOf(name: string): Merge<Schema, Schema> {
  return {
    shape: { list: name },
    decides: false,
    schemaOf: (part) => z.object({ [name]: z.array(part) }),
    merge: (parts) => {
      const drafts = parts.map(({ part, draft }) => draftUnder(name, part.index, draft));
      return {
        decisions: Object.assign({}, ...drafts.map(({ decisions }) => decisions)),
        doubts: drafts.flatMap(({ doubts }) => doubts),
        optional: drafts.flatMap(({ optional }) => optional),
      };
    },
  };
}
