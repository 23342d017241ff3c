import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { WeirError } from "./core/index.ts";

/** Says where and why a workflow file did not load, and how to mend it. */

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** @param thrown what `import(file)` rejected with */
export async function loadFailure(file: string, thrown: unknown): Promise<WeirError> {
  const { code, message, stack } = describe(thrown);
  const missing = /Cannot find (?:package|module) '([^']+)' imported from (.+)$/.exec(message);
  const place = missing ? await importPlace(missing[1] ?? "", missing[2] ?? file) : placeOf(stack);
  const where = place ? `${place.file}:${place.line}:${place.column}` : file;
  const hint = hintFor(code, missing?.[1], place?.file ?? file, message);
  return new WeirError("workflow.load", `${where}: ${message}`, { ...(hint ? { hint } : {}), cause: thrown });
}

function describe(thrown: unknown): { code: string; message: string; stack: string } {
  if (!(thrown instanceof Error)) return { code: "", message: `it threw ${String(thrown)}`, stack: "" };
  const { code = "" } = thrown as NodeJS.ErrnoException;
  return { code, message: (thrown.message.split("\n")[0] ?? "").trim(), stack: thrown.stack ?? "" };
}

/** Syntax errors carry their place above the message, with a caret below the column; others in the first frame. */
function placeOf(stack: string): Place | null {
  const lines = stack.split("\n");
  const above = /^(file:\/\/.+):(\d+)$/.exec(lines[0] ?? "");
  if (above) {
    const caret = lines.find((line) => /^\s*\^/.test(line));
    return { file: fileURLToPath(above[1] ?? ""), line: Number(above[2]), column: (caret?.indexOf("^") ?? 0) + 1 };
  }
  const frame = lines.map((line) => /(file:\/\/[^\s()]+):(\d+):(\d+)/.exec(line)).find((found) => found !== null);
  if (!frame) return null;
  return { file: fileURLToPath(frame[1] ?? ""), line: Number(frame[2]), column: Number(frame[3]) };
}

/** Node does not say where an import stands that leads nowhere: it is looked up in the source. */
async function importPlace(target: string, importer: string): Promise<Place | null> {
  const source = await readFile(importer, "utf8").catch(() => "");
  for (const [index, text] of source.split("\n").entries()) {
    for (const found of text.matchAll(/["']([^"']+)["']/g)) {
      const specifier = found[1] ?? "";
      const meant = specifier.startsWith(".") ? resolve(dirname(importer), specifier) : specifier;
      if (meant === target || meant.startsWith(`${target}/`)) {
        return { file: importer, line: index + 1, column: found.index + 1 };
      }
    }
  }
  return null;
}

function hintFor(code: string, missing: string | undefined, file: string, message: string): string | null {
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return "Types are stripped, not compiled: write a plain object or a union of strings instead.";
  }
  if (code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING") {
    return "TypeScript inside node_modules is not run: move the file out of it.";
  }
  if (missing?.startsWith("/")) {
    const ending = [".ts", ".js", "/index.ts"].find((tail) => existsSync(missing + tail));
    return ending ? `Write the ending in the import: ${missing}${ending}` : "Mend the path in the import.";
  }
  if (missing) return `Install it beside the workflow: cd ${dirname(file)} && npm install ${missing}`;
  if (message.startsWith("The requested module 'weir'")) return "docs/workflows.md lists what weir exports.";
  return null;
}
