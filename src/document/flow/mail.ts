import PostalMime, { type Address, type Email } from "postal-mime";
import { WeirError, type DocumentText } from "../../core/index.ts";
import { clean } from "../characters.ts";
import { createFlow } from "./builder.ts";
import { layOutHtml } from "./html.ts";
import { layOutFlow } from "./lay.ts";

/**
 * An e-mail → lines as a mail program prints them: who, about what, then the text.
 * Attachments are named, not read.
 */

/** Deeper or longer than any real one. */
const nestingMax = 50;
const headersBytesMax = 1_000_000;

/** @throws WeirError `document.damaged`, `document.empty` */
export async function readMail(bytes: Uint8Array, pagesMax: number): Promise<DocumentText> {
  const email = await PostalMime.parse(bytes, { maxNestingDepth: nestingMax, maxHeadersSize: headersBytesMax }).catch(
    (cause: unknown) => {
      throw new WeirError("document.damaged", "The e-mail cannot be parsed.", { cause });
    },
  );
  const body = bodyOf(email);
  if (body.trim() === "" && !email.subject?.trim()) throw new WeirError("document.empty", "The e-mail says nothing.");
  return layOutFlow("mail", [{ text: [...headersOf(email), body].join("\n") }], pagesMax);
}

function headersOf({ from, to, date, subject, headers, attachments }: Email): readonly string[] {
  const urgent = headers.some(({ key, value }) => /^(?:x-priority|importance|priority)$/.test(key) && isHigh(value));
  const lines = [
    ["From", from ? printed(from) : ""],
    ["To", (to ?? []).map(printed).join(", ")],
    ["Date", date ?? ""],
    ["Priority", urgent ? "high" : ""],
    ["Subject", subject ?? ""],
    ...attachments
      .filter(({ disposition, related }) => disposition !== "inline" && related !== true)
      .map(({ filename, mimeType }) => ["Attachment", filename ?? mimeType]),
  ];
  return lines.flatMap(([name, value = ""]) => (value.trim() === "" ? [] : [`${name}: ${oneLine(value)}`]));
}

const isHigh = (value: string) => /^\s*(?:[12]\b|high|urgent)/i.test(value);

/** A name cannot pretend to be another header. */
const oneLine = (text: string) => clean(text).replaceAll(/\s+/g, " ").trim();

function printed({ name, address }: Address): string {
  if (address === undefined) return name;
  return name === "" || name === address ? address : `${name} <${address}>`;
}

/** The plain text where there is one; what only says that the reader should look at the HTML is none. */
function bodyOf({ text = "", html = "" }: Email): string {
  const plain = clean(text).replaceAll("\f", "\n");
  if (html === "" || plain.trim().length > 200 || plain.trim().length * 4 > textOf(html).length) return plain;
  return textOf(html);
}

function textOf(html: string): string {
  const flow = createFlow();
  layOutHtml(new TextEncoder().encode(html), flow);
  return flow
    .pages()
    .map(({ text }) => text)
    .join("\n");
}
