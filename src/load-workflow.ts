import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { registerHooks } from "node:module";
import { join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { WeirError } from "./core/index.ts";
import type { WorkflowDefinition } from "./engine/definition.ts";
import { loadFailure } from "./load-failure.ts";

/** Finds what WORKFLOW names: a folder of workflows/, or a TypeScript or JavaScript file anywhere on the disk. */

export interface LoadedWorkflow {
  readonly definition: WorkflowDefinition;
  /** Absolute path of the file it came from; null for a built-in. */
  readonly file: string | null;
}

const here = import.meta.url;
const builtinFolder = fileURLToPath(new URL("../workflows", here));

/** Names of the workflows that come with Weir. */
export async function builtinWorkflows(): Promise<readonly string[]> {
  const entries = await readdir(builtinFolder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return folders.filter((name) => existsSync(builtinFile(name))).toSorted();
}

const builtinFile = (name: string) => join(builtinFolder, name, "index.ts");

/**
 * @param name a built-in, or a path relative to `callerDir`
 * @throws WeirError `workflow.unknown`, `workflow.load`, `workflow.invalid`
 */
export async function loadWorkflow(name: string, callerDir: string): Promise<LoadedWorkflow> {
  const builtins = await builtinWorkflows();
  if (builtins.includes(name)) return { definition: await loadFile(builtinFile(name)), file: null };
  const file = resolve(callerDir, name);
  if (!existsSync(file)) {
    throw new WeirError(
      "workflow.unknown",
      `"${name}" is neither a built-in workflow (${builtins.join(", ")}) nor a file`,
    );
  }
  return { definition: await loadFile(file), file };
}

async function loadFile(file: string): Promise<WorkflowDefinition> {
  resolveOurPackages();
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (thrown) {
    if (thrown instanceof WeirError) throw thrown;
    throw await loadFailure(file, thrown);
  }
  return definitionOf(module.default, file);
}

/** The builder computes its definition when asked, so a mistake in the workflow shows here. */
function definitionOf(exported: unknown, file: string): WorkflowDefinition {
  if (exported === undefined) throw notWorkflow(file, "has no default export");
  if (!isWorkflow(exported)) throw notWorkflow(file, "exports something else than a workflow as its default");
  try {
    return exported.definition;
  } catch (thrown) {
    if (thrown instanceof WeirError) throw new WeirError(thrown.code, `${file}: ${thrown.message}`, { cause: thrown });
    throw thrown;
  }
}

/** Told by what it offers: `instanceof` would not know a workflow made by another copy of this module. */
function isWorkflow(exported: unknown): exported is { readonly definition: WorkflowDefinition } {
  return exported !== null && typeof exported === "object" && "toLangGraph" in exported && "definition" in exported;
}

function notWorkflow(file: string, what: string): WeirError {
  return new WeirError("workflow.load", `${file} ${what}`, {
    hint: 'End the file with `export default workflow("name", { version: 1 }).step(…)`, imported from "weir".',
  });
}

let resolving = false;

/** "weir" and "zod" mean our own copies wherever a workflow lies: two copies would not know each other's schemas. */
function resolveOurPackages(): void {
  if (resolving) return;
  resolving = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      const fromPackage = context.parentURL?.includes("/node_modules/") ?? false;
      const ours = /^(weir|zod)(\/|$)/.test(specifier) && !fromPackage;
      const resolved = next(specifier, ours ? { ...context, parentURL: here } : context);
      // Without a package.json Node would guess the kind of a module and warn about it.
      return resolved.format == null && isTypeScript(resolved.url) ? { ...resolved, format: moduleFormat } : resolved;
    },
  });
}

const moduleFormat = "module-typescript";
const isTypeScript = (url: string) =>
  url.startsWith("file:") && url.endsWith(".ts") && !url.includes(`${sep}node_modules${sep}`);
