import { z } from "zod";
import { type DocumentText, type DraftData, nestBest } from "../../src/core/index.ts";
import { readText } from "../../src/document/flow/text.ts";
import type { Draft, Pages, Schema, Start, Step } from "../../src/ports/index.ts";
import { byHeading } from "../../src/steps/index.ts";
import { decision, draftState } from "./engine.ts";

/** A record of several visits that is there already, for tests of what becomes of the parts of a document. */

export const Visit = z.object({ day: z.string(), kind: z.enum(["check", "surgery"]) });
export const three = "Ward letter\nVISIT 1 check\nfine\nVISIT 2 surgery\nknee\nVISIT 3 check\nbetter";
export const visits = byHeading(/^VISIT/);

/** Stands for reading: the text is stored, the state knows its name. */
export function reading(text = three): Step<Start, Pages> {
  return {
    name: "read",
    kind: "read",
    shape: {},
    run: async ({ document }, { blobs }) => {
      const bytes = new TextEncoder().encode(JSON.stringify(await readText(new TextEncoder().encode(text), 1000)));
      const sha256 = await blobs.put(bytes);
      return { document, reading: { ...draftState(document, {}).reading, sha256 } };
    },
  };
}

/** Stands for extracting: the day and kind of a visit from its first line; an unknown kind is doubted. */
export function extractVisit<S extends Schema = typeof Visit>(
  seen: string[] = [],
  schema = Visit as unknown as S,
): Step<Pages, Draft<S>> {
  return {
    name: "extract",
    kind: "extract",
    shape: {},
    schema,
    run: async (state, context) => {
      const lines = linesOf(await context.text(state));
      seen.push(lines.join(" | "));
      const [, day = "", kind = "check"] = /^VISIT (\d+) (.+)$/.exec(lines[0] ?? "") ?? [];
      const sure = kind === "check" || kind === "surgery";
      return {
        ...draftState<S>(state.document, {
          day: decision(day),
          kind: decision(sure ? kind : "check", { status: sure ? "accepted" : "review" }),
        }),
        reading: state.reading,
      };
    },
  };
}

export const linesOf = ({ pages }: DocumentText) => pages.flatMap(({ lines }) => lines.map(({ text }) => text));
export const best = (draft: DraftData | null) => nestBest(draft?.decisions ?? {});
