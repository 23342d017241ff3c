import { resolve } from "node:path";
import type { JsonObject } from "../../core/index.ts";
import { WeirError } from "../../core/index.ts";
import type { SourceContext } from "./source.ts";

/** Something that whoever calls the workflow says: `--set NAME=VALUE`. */
export interface Setting {
  readonly setting: string;
  /** Without it the setting has to be given. */
  readonly otherwise?: string;
}

/** A file that is named when the workflow is called: `sql({ file: setting("shop", "shop.sqlite"), … })`. */
export function setting(name: string, otherwise?: string): Setting {
  return otherwise === undefined ? { setting: name } : { setting: name, otherwise };
}

/** For the structural hash. */
export function settingShape(file: string | Setting): string | JsonObject {
  return typeof file === "string" ? file : { setting: file.setting, otherwise: file.otherwise ?? null };
}

/**
 * Absolute path; relative ones resolve against the folder the command was called in.
 * @throws WeirError `lookup.misconfigured` when the setting was not given
 */
export function pathOf(file: string | Setting, { settings, folder }: SourceContext): string {
  if (typeof file === "string") return resolve(folder, file);
  const value = settings[file.setting] ?? file.otherwise;
  if (value !== undefined) return resolve(folder, value);
  throw new WeirError("lookup.misconfigured", `The setting "${file.setting}" was not given.`, {
    hint: `Call it with --set ${file.setting}=FILE.`,
  });
}
