import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EvalScore } from "../../src/cli/eval/score.ts";
import type { Item } from "../../src/cli/items.ts";
import type { Scores } from "./measured.ts";

export interface ShippedRequest {
  readonly root: string;
  readonly workflow: string;
  readonly items: readonly Item[];
  /** An empty folder for state; goes away with its owner. */
  readonly scratch: string;
  /** Where pictures go. */
  readonly pictures: string;
  readonly times: boolean;
}

/** A workflow as it comes, with nothing learned, by the command a user would type: `weir eval`. */
export async function measureShipped(
  request: ShippedRequest,
): Promise<{ readonly scores: Scores; readonly risk: number }> {
  const { root, workflow, items, scratch, pictures, times } = request;
  const file = join(scratch, "items.jsonl");
  const lines = items.map(({ id, source, truth }) => JSON.stringify({ id, ...source, truth }));
  await writeFile(file, `${lines.join("\n")}\n`);
  const command = ["eval", workflow, file, "--json", "--fresh", "--curves", pictures, "--data", join(scratch, "state")];
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "bin", "weir.mjs"), ...command], {
    maxBuffer: 2 ** 26,
    // No cloud: what is measured is what this machine does.
    env: { ...process.env, WEIR_CLOUD: "" },
  });
  const { risk, documents, fields, all, lists, baselines } = JSON.parse(stdout) as EvalScore & {
    readonly risk: number;
  };
  const { n: asked, untouched, untouchedWrong, milliseconds } = documents;
  return {
    risk,
    scores: {
      asked,
      fields,
      all,
      lists,
      untouched,
      untouchedWrong,
      baselines,
      milliseconds: times ? milliseconds : null,
    },
  };
}
