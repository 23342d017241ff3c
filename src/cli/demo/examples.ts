import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WeirError } from "../../core/index.ts";
import { type Item, readItems } from "../items.ts";

/** Invented invoices that come with Weir, with what is right about each; `wrong-sum` does not add up. */
const folder = fileURLToPath(new URL("../../../fixtures/invoices", import.meta.url));
export const examplesFolder = join(folder, "documents");

/** Which invoices each part reads. */
export const examples = {
  warmUp: ["right-sum"],
  compare: ["en-1", "en-2", "de-1", "it-1"],
  inbox: ["fr-1", "es-1", "receipt-1", "right-sum", "wrong-sum"],
  kill: ["en-1", "en-2", "en-3", "de-1", "nl-1", "wrong-sum"],
} as const;

/** @throws WeirError `document.missing` when an invoice is not among the labelled ones */
export async function labelledExamples(ids: readonly string[]): Promise<readonly Item[]> {
  const all = await readItems(join(folder, "labelled.jsonl"));
  return ids.map((id) => {
    const item = all.find((one) => one.id === id);
    if (!item) throw new WeirError("document.missing", `The example ${id} does not come with this copy of Weir`);
    return item;
  });
}

export const exampleFile = (id: string) => join(examplesFolder, `${id}.pdf`);
