import { type Delivery, type StepContext, type Target, folder } from "weir";
import { bundleOf } from "./fhir/bundle.ts";
import { markdownOf } from "./markdown.ts";

/** Three files a record: JSON for programs, Markdown for people, a FHIR R4 document for other systems. */
export function recordFolder(path: string): Target {
  return folder(path, {
    forms: {
      md: markdownOf,
      "fhir.json": async (delivery, context) =>
        `${JSON.stringify(bundleOf(delivery, await modelsIn(delivery, context)), null, 2)}\n`,
    },
  });
}

/** Which models decided something, with the hash of what was loaded. */
async function modelsIn({ draft }: Delivery, { model }: StepContext): Promise<readonly string[]> {
  const readers = new Set(Object.values(draft.decisions).map(({ by }) => by));
  if (!readers.has("slm") && !readers.has("learned")) return [];
  const { decoder, encoder } = await model.describe();
  return [decoder, encoder].map(({ name, sha256 }) => `${name} (sha256 ${sha256})`);
}
