import type { FlowBuilder } from "./builder.ts";
import { walk, type Attributes } from "./xml.ts";

/** A chapter in HTML → lines. Nothing that it refers to is fetched. */

const blocks = new Set(
  (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary ul"
  ).split(" "),
);

const unprinted = new Set(["head", "script", "style", "template"]);

const pictures = new Set(["img", "image", "svg", "object", "video", "canvas"]);

export function layOutHtml(part: Uint8Array, flow: FlowBuilder): void {
  let preformatted = 0;
  /** Elements within the outermost one that nobody sees. */
  let hidden = 0;
  /** Whether white space would double what stands there. */
  let spaced = true;

  const endLine = () => {
    flow.endLine();
    spaced = true;
  };
  const parts: Readonly<Record<string, readonly [open: () => void, close: () => void]>> = {
    table: [flow.openTable, flow.closeTable],
    tr: [flow.openRow, flow.closeRow],
    td: [flow.openCell, flow.closeCell],
    th: [flow.openCell, flow.closeCell],
  };

  function put(text: string): void {
    if (hidden > 0) return flow.hide(text);
    if (preformatted > 0) {
      for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
        if (index > 0) endLine();
        flow.text(line);
      }
      return;
    }
    const joined = text.replaceAll(/[ \t\r\n\f]+/g, " ");
    const out = spaced ? joined.trimStart() : joined;
    if (out === "") return;
    flow.text(out);
    spaced = out.endsWith(" ");
  }

  walk(
    part,
    {
      open: (name, attributes) => {
        if (unprinted.has(name)) return false;
        if (hidden > 0 || isHidden(attributes)) hidden += 1;
        if (blocks.has(name) || name === "br" || name in parts) endLine();
        if (name === "pre") preformatted += 1;
        if (pictures.has(name)) flow.picture();
        parts[name]?.[0]();
        if (name === "td" || name === "th") flow.spanCell(Number(attributes.get("colspan") ?? 1) || 1);
        return true;
      },
      text: put,
      close: (name) => {
        if (hidden > 0) hidden -= 1;
        if (name === "pre") preformatted -= 1;
        if (blocks.has(name) || name in parts) endLine();
        parts[name]?.[1]();
        spaced = spaced || name in parts;
      },
    },
    "html",
  );
}

function isHidden(attributes: Attributes): boolean {
  return attributes.has("hidden") || /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attributes.get("style") ?? "");
}
