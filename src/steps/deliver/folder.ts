import { mkdir, open, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InvariantBroken, WeirError } from "../../core/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { appendCsvRow, csvColumns } from "./csv.ts";
import { type Delivery, type Target, recordOf } from "./deliver.ts";

/** Writes a document out in a form of its own. The same delivery gives the same text. */
export type Form = (delivery: Delivery, context: StepContext) => string | Promise<string>;

export interface FolderOptions {
  /** More files a document, by what their names end with: `{ md: … }` writes `RUN.md`. */
  readonly forms?: Readonly<Record<string, Form>>;
}

/**
 * A folder: one JSON file a document (`RUN.json`) and a row in `WORKFLOW-vVERSION.csv`. Written whole
 * or not at all; delivered again it changes nothing.
 * @param path relative paths resolve against the folder the command was called in
 */
export function folder(path: string, { forms = {} }: FolderOptions = {}): Target {
  const endings = Object.keys(forms);
  return {
    shape: { folder: path, ...(endings.length === 0 ? {} : { forms: endings }) },
    deliver: async (delivery, context) => {
      const into = resolve(context.folder, path);
      const { workflow } = delivery;
      // A form that fails is the workflow's fault, not the folder's.
      const written = await Promise.all(
        endings.map(async (end) => [end, await forms[end]?.(delivery, context)] as const),
      );
      if (!context.schema) throw new InvariantBroken("A delivery from a workflow without a schema.");
      try {
        await mkdir(into, { recursive: true });
        await writeWhole(join(into, `${delivery.run.id}.json`), `${JSON.stringify(recordOf(delivery), null, 2)}\n`);
        for (const [end, text = ""] of written) await writeWhole(join(into, `${delivery.run.id}.${end}`), text);
        await appendCsvRow(join(into, `${workflow.name}-v${workflow.version}.csv`), csvColumns(context.schema), {
          run: delivery.run.id,
          id: delivery.run.itemId,
          document: delivery.document.name,
          output: delivery.output,
        });
      } catch (error) {
        throw new WeirError("delivery.failed", `Cannot write to ${into}: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

/** Through a temporary file beside it: readers see the old file or the new one, never half of one. */
async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  await writeFile(temporary, text);
  const file = await open(temporary, "r+");
  await file.sync().finally(() => file.close());
  await rename(temporary, path);
  const parent = await open(dirname(path), "r");
  await parent.sync().finally(() => parent.close());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
