import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Storage } from "../../src/stores/open.ts";
import { stepNames } from "./steps.ts";

/** What became of the documents item0, item1, … of a folder. */
export interface Verdict {
  readonly results: number;
  /** Documents without a result, or without a delivery. */
  readonly lost: readonly string[];
  /** Documents with two runs, two results, a step that is done twice on record, or two deliveries. */
  readonly doubled: readonly string[];
  /** How often steps of one run were begun again, for the run where that happened most. */
  readonly redoneMost: number;
  readonly redone: number;
  /** Wake-ups that are left. */
  readonly left: number;
}

/** At most 200 documents. */
export async function verdictOn({ store, queue }: Storage, folder: string, documents: number): Promise<Verdict> {
  const items = Array.from({ length: documents }, (_, index) => `item${index}`);
  const { runs } = await store.runs.list({ limit: 200 });
  const succeeded = runs.filter(({ status }) => status === "succeeded").map(({ itemId }) => itemId);
  const delivered = deliveries(folder);
  const twice: string[] = [];
  for (const { id, itemId } of runs) {
    const types = (await store.events.list(id)).map(({ type }) => type);
    const count = (wanted: string) => types.filter((type) => type === wanted).length;
    if (count("step.done") > stepNames.length || count("run.succeeded") > 1) twice.push(itemId);
  }
  const begun = executions(folder).map(({ item, step }) => `${item} ${step}`);
  const again = Object.groupBy(
    begun.filter((one, index) => begun.indexOf(one) < index),
    (one) => one.split(" ")[0] ?? "",
  );
  const redone = Object.values(again).map((steps) => steps?.length ?? 0);
  const { due, later, held } = await queue.depth();
  return {
    results: succeeded.length,
    lost: items.filter((item) => !succeeded.includes(item) || !delivered.includes(item)),
    doubled: [...new Set([...repeated(runs.map(({ itemId }) => itemId)), ...repeated(delivered), ...twice])],
    redoneMost: Math.max(0, ...redone),
    redone: redone.reduce((sum, one) => sum + one, 0),
    left: due + later + held,
  };
}

/** Every step that was begun, in order. */
export function executions(folder: string) {
  const log = path.join(folder, "executions.log");
  const lines = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
  return lines.map((line) => {
    const [pid = "", item = "", step = ""] = line.split(" ");
    return { pid: Number(pid), item, step };
  });
}

function deliveries(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith("delivered-"));
  return names.map((name) => readFileSync(path.join(folder, name), "utf8"));
}

function repeated(all: readonly string[]): readonly string[] {
  return all.filter((one, index) => all.indexOf(one) < index);
}
