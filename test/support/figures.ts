import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import path from "node:path";
import { engineBuild } from "../../src/build.ts";

/** Figures that a command puts into a page of docs/, with when and where they were measured. */

type Table = readonly Readonly<Record<string, string | number>>[];

const root = path.join(import.meta.dirname, "..", "..");

export function markdownTable(rows: Table): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const dashes = columns.map((column) => (typeof rows[0]?.[column] === "number" ? "---:" : "---"));
  return [line(columns), line(dashes), ...rows.map((row) => line(columns.map((column) => row[column] ?? "")))].join(
    "\n",
  );
}

/**
 * Replaces what stands between `<!-- figures: NAME -->` and `<!-- end -->` of a page.
 * @throws when the page has no such place
 */
export function withFigures(page: string, name: string, figures: string): string {
  const begin = `<!-- figures: ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf("<!-- end -->", from);
  if (from < 0 || to < 0) throw new Error(`The page has no place for the figures "${name}".`);
  return `${page.slice(0, from + begin.length)}\n\n${figures.trim()}\n\n${page.slice(to)}`;
}

/** @param command that measures them again */
export function writeFigures(file: string, name: string, command: string, body: string): void {
  const target = path.join(root, file);
  writeFileSync(target, withFigures(readFileSync(target, "utf8"), name, `${conditions(command)}\n\n${body}`));
  execFileSync(path.join(root, "node_modules", ".bin", "oxfmt"), [target]);
}

function conditions(command: string): string {
  const day = new Date().toISOString().slice(0, 10);
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  const machine = `${availableParallelism()} cores (${processor}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  const load = (loadavg()[1] ?? 0).toFixed(1);
  return `\`${command}\` on ${day}: Weir ${engineBuild()}, Node ${process.versions.node}, ${process.platform}, ${machine}, ${load} processes at work on average in the five minutes before the end.`;
}
