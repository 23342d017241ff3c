// node bench/read.ts LIST.jsonl [--json]: reads every document of a list in the reader's process and prints
// how that went. A line holds {"pdf" or "path", "id"?, "tags"?, "reference"?: {"pages", "text_chars", "needs_password"}}.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createReader } from "../src/document/index.ts";
import { WeirError, type DocumentText } from "../src/core/index.ts";

interface Item {
  readonly id?: string;
  readonly pdf?: string;
  readonly path?: string;
  readonly tags?: readonly string[];
  readonly reference?: {
    readonly pages?: number;
    readonly text_chars?: number;
    readonly text_head?: string;
    readonly needs_password?: boolean;
  };
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const list = positionals[0];
if (!list) throw new Error("Name a .jsonl file.");
const items = readFileSync(list, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line): Item => JSON.parse(line));

const reader = createReader();
const rows = [];
for (const [index, item] of items.entries()) {
  const file = item.pdf ?? item.path ?? "";
  const path = /^[^/]*\//.test(file) || file.startsWith("/") ? resolve(dirname(list), file) : join(dirname(list), file);
  const start = performance.now();
  const outcome = await reader
    .read(readFileSync(path), { name: path, pagesMax: 1000, bytesMax: 100_000_000, timeoutMs: 20_000 })
    .then(
      (text) => ({ code: "ok", text }),
      (error: unknown) => ({ code: error instanceof WeirError ? error.code : "internal", text: null }),
    );
  rows.push({ item, id: item.id ?? String(index + 1), ms: performance.now() - start, ...outcome });
}
await reader.close();

const inkOf = (text: string) => text.replaceAll(/\s/g, "");
const textOf = (document: DocumentText) =>
  document.pages.flatMap((page) => page.lines.map((line) => line.text)).join("\n");

/** Share of the reference's first characters, as a bag, that were read. */
function overlap(head: string, text: string): number {
  const counts = new Map<string, number>();
  for (const character of inkOf(text)) counts.set(character, (counts.get(character) ?? 0) + 1);
  const wanted = inkOf(head);
  let found = 0;
  for (const character of wanted) {
    const left = counts.get(character) ?? 0;
    if (left > 0) found += 1;
    counts.set(character, left - 1);
  }
  return wanted.length === 0 ? 1 : found / wanted.length;
}

const read = rows.filter((row) => row.text !== null);
const codes = Map.groupBy(rows, (row) => row.code);
const sameCount = read.filter((row) => row.item.reference?.pages === row.text?.pageCount);
const withHead = read.filter((row) => inkOf(row.item.reference?.text_head ?? "").length >= 20);
const headRead = withHead.filter(
  (row) => row.text && overlap(row.item.reference?.text_head ?? "", textOf(row.text)) >= 0.8,
);
/** The reference counts white space too: its share is taken from the first characters. */
function sameAmount(item: Item, document: DocumentText): boolean {
  const head = item.reference?.text_head ?? "";
  const wanted = ((item.reference?.text_chars ?? 0) * inkOf(head).length) / head.length;
  return Math.abs(inkOf(textOf(document)).length - wanted) <= 0.2 * wanted;
}
const amounts = withHead.filter((row) => row.text && sameAmount(row.item, row.text));
const times = rows.map((row) => row.ms).toSorted((a, b) => a - b);
const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);

console.log(`${rows.length} documents`);
for (const [code, group] of codes) console.log(`  ${code.padEnd(22)} ${group.length}`);
console.log(
  `  page count as reference ${sameCount.length}/${read.filter((row) => row.item.reference?.pages !== undefined).length}`,
);
console.log(`  80 % of the reference's first characters read ${headRead.length}/${withHead.length}`);
console.log(`  as many characters as the reference, within 20 %  ${amounts.length}/${withHead.length}`);
console.log(
  `  with hidden words       ${read.filter((row) => row.text?.pages.some((page) => page.hiddenWords)).length}`,
);
console.log(`  ms p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)}`);
if (values.json) {
  for (const { id, code, ms, text, item } of rows) {
    console.log(
      JSON.stringify({
        id,
        code,
        ms: Math.round(ms),
        tags: item.tags,
        want: item.reference?.pages,
        pages: text?.pageCount,
        skipped: text?.skipped.length,
        hidden: text?.pages.reduce((sum, page) => sum + (page.hiddenWords ?? 0), 0),
        ink: text ? inkOf(textOf(text)).length : 0,
        wantInk: inkOf(item.reference?.text_head ?? "").length,
        chars: item.reference?.text_chars,
        share: text ? overlap(item.reference?.text_head ?? "", textOf(text)) : null,
      }),
    );
  }
}
