// node bench/disclosure.ts DATA.jsonl… [--show KIND]: how much of what people marked as personal is hidden before
// anything leaves. A line holds {"id", "text", "truth_spans": [{"type", "start", "end", "text"}]}; offsets are code points.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { disguise } from "../src/disclosure/index.ts";
import { isCommon } from "../src/disclosure/words.ts";

interface Item {
  readonly id: string;
  readonly text: string;
  readonly truth_spans: readonly { readonly type: string; readonly text: string }[];
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "string" } },
});
if (positionals.length === 0) throw new Error("Name a .jsonl file.");

/** Pieces of a marked text that tell who it is about: not its "Calle" or "de", nor one or two digits, which stand everywhere. */
function telling(text: string): readonly string[] {
  // Top domains are everybody's.
  const pieces = text.replace(/(?<=@.*)\.\p{L}+$/u, "").match(/[\p{L}\p{M}\d]+/gu) ?? [];
  return pieces.filter((piece) => piece.length > (/^\d+$/.test(piece) ? 2 : 1) && !isCommon(piece));
}

for (const file of positionals) {
  const items = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Item);
  const kinds = new Map<string, { spans: number; hidden: number; pieces: number; left: number }>();
  let characters = 0;
  let changed = 0;
  let restored = 0;
  for (const item of items) {
    const lines = item.text.split("\n");
    const { hide, reveal } = disguise(lines, `bench/${item.id}`);
    const shown = lines.map((line) => hide(line));
    if (shown.map((line) => reveal(line)).join("\n") === item.text) restored++;
    const out = new Set(shown.flatMap((line) => line.match(/[\p{L}\p{M}\d]+/gu) ?? []));
    characters += item.text.length;
    changed += [...item.text].filter((one, at) => one !== [...shown.join("\n")][at]).length;
    for (const span of item.truth_spans) {
      const pieces = telling(span.text);
      const left = pieces.filter((piece) => out.has(piece));
      const kind = kinds.get(span.type) ?? { spans: 0, hidden: 0, pieces: 0, left: 0 };
      kinds.set(span.type, kind);
      kind.spans++;
      kind.hidden += left.length === 0 ? 1 : 0;
      kind.pieces += pieces.length;
      kind.left += left.length;
      if (values.show === span.type && left.length > 0) console.log(JSON.stringify({ span: span.text, left }));
    }
  }
  console.log(`\n${file}: ${items.length} texts, ${restored} restored letter by letter`);
  console.log(`characters changed: ${((100 * changed) / characters).toFixed(1)} %`);
  console.log("kind                              spans  hidden whole  pieces hidden");
  for (const [kind, { spans, hidden, pieces, left }] of [...kinds].toSorted((a, b) => b[1].spans - a[1].spans)) {
    const share = (100 * hidden) / spans;
    const parts = pieces === 0 ? 100 : (100 * (pieces - left)) / pieces;
    console.log(
      `${kind.padEnd(32)} ${String(spans).padStart(6)} ${share.toFixed(1).padStart(12)} % ${parts.toFixed(1).padStart(12)} %`,
    );
  }
}
