import { appendFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readText } from "../../src/document/flow/text.ts";
import { workflow } from "../../src/engine/flow.ts";
import { byHeading } from "../../src/steps/index.ts";
import { workOnOne } from "../support/crashing.ts";
import { decision, draftState } from "../support/engine.ts";

/** A process of the map's crash test: three parts of two steps each. Steps say in `steps.log` that they ran. */

const [folder = ""] = process.argv.slice(2);
const Part = z.object({ first: z.string() });
const log = (effectKey: string) =>
  appendFileSync(path.join(folder, "steps.log"), `${effectKey.replace(/^.*?\//, "")}\n`);

const { definition } = workflow("parts", { version: 1 })
  .step("read", async ({ document }, { blobs }) => {
    const text = await readText(new TextEncoder().encode("PART a\nPART b\nPART c"), 10);
    const sha256 = await blobs.put(new TextEncoder().encode(JSON.stringify(text)));
    return { document, reading: { ...draftState(document, {}).reading, sha256 } };
  })
  .map("parts", byHeading(/^PART/), (part) =>
    part
      .step({
        name: "first",
        kind: "extract",
        shape: {},
        schema: Part,
        run: async (state, context) => {
          log(context.effectKey);
          const [page] = (await context.text(state)).pages;
          const draft = draftState<typeof Part>(state.document, { first: decision(page?.lines[0]?.text ?? "") });
          return { ...draft, reading: state.reading };
        },
      })
      .step("second", (state, { effectKey }) => {
        log(effectKey);
        return state;
      }),
  );

await workOnOne(folder, definition);
