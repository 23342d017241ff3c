import { type ExampleProblem, WeirError } from "../core/index.ts";
import type { ProfileExample } from "../ports/index.ts";
import { flatTruth, sha256Of } from "../teaching/index.ts";
import { expandInputs, loadItem } from "./inputs.ts";
import type { Item } from "./items.ts";
import type { Shell } from "./shell.ts";

/** Labelled items of the command line, as they are taught. */
export interface Labelled {
  readonly given: readonly ProfileExample[];
  /** By sha256. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  /** Items that could not be opened. */
  readonly problems: readonly ExampleProblem[];
}

export const nothingLabelled: Labelled = { given: [], bytes: new Map(), problems: [] };

/** @throws WeirError `input.*`; `input.none` where no item is labelled */
export async function labelledItems(shell: Shell, inputs: readonly string[]): Promise<readonly Item[]> {
  const { items } = await expandInputs(inputs, shell.config.callerDir);
  const labelled = items.filter(({ truth }) => truth !== null);
  if (labelled.length > 0) return labelled;
  throw new WeirError("input.none", `No item of ${inputs.join(", ")} has a "truth"`, {
    hint: 'Label items: {"id": "a", "path": "a.pdf", "truth": {"total": "327.00"}}',
  });
}

/** Opens the documents of labelled items; one that is missing is a problem of its own. */
export async function openLabelled(shell: Pick<Shell, "stdin">, items: readonly Item[]): Promise<Labelled> {
  const bytes = new Map<string, Uint8Array>();
  const given: ProfileExample[] = [];
  const problems: ExampleProblem[] = [];
  for (const item of items) {
    const loaded = await loadItem(item, shell.stdin);
    if ("error" in loaded) {
      problems.push({ example: item.id, path: null, message: `${loaded.error.message} (${loaded.error.code})` });
      continue;
    }
    const sha256 = sha256Of(loaded.bytes);
    bytes.set(sha256, loaded.bytes);
    const document = { sha256, name: item.name, bytes: loaded.bytes.byteLength };
    given.push({ id: item.id, document, truth: flatTruth(item.truth ?? {}), from: "file" });
  }
  return { given, bytes, problems };
}
