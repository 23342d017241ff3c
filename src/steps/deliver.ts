import { mkdir, open, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type DraftData, InvariantBroken, type Json, WeirError, nestOutput } from "../core/index.ts";
import type { Final, Schema, Step, StepContext } from "../ports/index.ts";
import { appendCsvRow, csvColumns } from "./csv.ts";

/** What a delivery hands over: only final documents come here. */
export interface Delivery {
  readonly run: { readonly id: string; readonly itemId: string };
  readonly workflow: { readonly name: string; readonly version: number };
  readonly document: { readonly sha256: string; readonly name: string };
  /** The accepted values, nested as the schema is. */
  readonly output: { readonly [key: string]: Json };
  readonly draft: DraftData;
}

/** Where results go. */
export interface Target {
  readonly shape: { readonly [key: string]: Json };
  /** May be called again after a crash with the same `effectKey`: must not double. */
  readonly deliver: (delivery: Delivery, context: StepContext) => Promise<void>;
}

/** Hands a final document to a target, once. */
export function deliver<S extends Schema>(target: Target, name = "deliver"): Step<Final<S>, Final<S>> {
  return {
    name,
    kind: "deliver",
    shape: { target: target.shape },
    run: async (state, context) => {
      const { sha256, name: documentName } = state.document;
      await target.deliver(
        {
          run: context.run,
          workflow: { name: context.workflow.name, version: context.workflow.version },
          document: { sha256, name: documentName },
          output: nestOutput(state.draft.decisions),
          draft: state.draft,
        },
        context,
      );
      return state;
    },
  };
}

/** A target made of one's own function. */
export function to(run: (delivery: Delivery, context: StepContext) => Promise<void> | void): Target {
  return { shape: { source: String(run) }, deliver: async (delivery, context) => run(delivery, context) };
}

/**
 * A folder: one JSON file a document (`RUN.json`) and a row in `WORKFLOW-vVERSION.csv`. Written whole
 * or not at all; delivered again it changes nothing.
 * @param path relative paths resolve against the folder the command was called in
 */
export function folder(path: string): Target {
  return {
    shape: { folder: path },
    deliver: async (delivery, context) => {
      const into = resolve(context.folder, path);
      const { workflow } = delivery;
      if (!context.schema) throw new InvariantBroken("A delivery from a workflow without a schema.");
      try {
        await mkdir(into, { recursive: true });
        await writeWhole(join(into, `${delivery.run.id}.json`), jsonOf(delivery));
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

function jsonOf({ run, workflow, document, output, draft }: Delivery): string {
  const record = { id: run.itemId, run: run.id, workflow, document, output, decisions: draft.decisions };
  return `${JSON.stringify(record, null, 2)}\n`;
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
