import { Parser } from "htmlparser2";
import { WeirError } from "../../core/index.ts";

/**
 * A walk through XML or HTML. The parser knows only the standard's own entities and fetches nothing: what a
 * document type declares, inside or outside the file, is never looked at.
 */

export interface Visitor {
  /** Names come without their prefix; `false` skips the element with all that is in it. */
  open(name: string, attributes: Attributes): boolean | void;
  text(text: string): void;
  close?(name: string): void;
}

/** By name without prefix. */
export type Attributes = ReadonlyMap<string, string>;

/** Far more than any document has. The parser's time grows with the square of the depth. */
const depthMax = 2000;

/**
 * @param form with "strict" an element that is not closed is an error: what follows would be read as part of it
 * @throws WeirError `document.damaged` where elements are nested without end
 */
export function walk(bytes: Uint8Array, visitor: Visitor, form: "xml" | "strict" | "html" = "xml"): void {
  let depth = 0;
  let skipping = 0;
  const text = decodeXml(bytes);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        depth += 1;
        if (depth > depthMax)
          throw new WeirError("document.damaged", `Elements are nested more than ${depthMax} deep.`);
        if (skipping > 0) skipping += 1;
        else if (visitor.open(local(name), named(attributes)) === false) skipping = 1;
      },
      ontext: (part) => {
        if (skipping === 0) visitor.text(part);
      },
      onclosetag: (name, implied) => {
        if (form === "strict" && implied && !text.startsWith("/>", parser.endIndex - 1))
          throw broken(name, text, parser);
        depth -= 1;
        if (skipping > 0) skipping -= 1;
        else visitor.close?.(local(name));
      },
    },
    { xmlMode: form !== "html", recognizeSelfClosing: true, recognizeCDATA: true },
  );
  parser.end(text);
}

function broken(name: string, text: string, { endIndex }: Parser): WeirError {
  const line = text.slice(0, endIndex).split("\n").length;
  return new WeirError(
    "document.damaged",
    `The XML is broken: <${name}> is not closed where it should be (line ${line}).`,
  );
}

function decodeXml(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const declared = /^\s*<\?xml[^>]*\bencoding=["']([\w.-]+)["']/.exec(head)?.[1] ?? "utf-8";
  // Bytes in which the declaration can be read are not UTF-16, whatever it says.
  if (/^utf-?16/i.test(declared)) return new TextDecoder().decode(bytes);
  try {
    return new TextDecoder(declared).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

const local = (name: string) => name.slice(name.indexOf(":") + 1);

function named(attributes: Readonly<Record<string, string>>): Attributes {
  return new Map(Object.entries(attributes).map(([name, value]) => [local(name), value]));
}
