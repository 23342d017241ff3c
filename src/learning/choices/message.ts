import type { DocumentText } from "../../core/index.ts";
import type { Message } from "./grams.ts";

/** What a message says by itself: its subject or first line, and its text without what it quotes and how it is signed. */

const header = /^(from|to|cc|date|sent|subject|reply-to|von|an|datum|gesendet|betreff)\s*:\s*(.*)$/i;
const subject = /^(?:subject|betreff)$/i;
const replyMarks = /^(?:(?:re|aw|fwd?|wg|sv|vs|antw)\s*:\s*)+/i;

/** Where an earlier message begins; everything behind is somebody else's or was answered before. */
const quoteBegins = [
  /^on .{6,200}\bwrote:\s*$/i,
  /^am .{6,200}\bschrieb\b.{0,200}:\s*$/i,
  /^le .{6,200}\ba écrit\s*:\s*$/i,
  /^el .{6,200}\bescribió\s*:\s*$/i,
  /^-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht)\s*-{2,}/i,
  /^_{20,}\s*$/,
];
const signature = /^--\s*$/;
const closing =
  /^(?:(?:kind|best|warm|many)\s+)?(?:regards|wishes|thanks)\b.{0,20}$|^(?:yours (?:sincerely|faithfully|truly)|sincerely|cheers|mit freundlichen grüßen|(?:viele|freundliche|beste|liebe) grüße|mfg|cordialement|saludos)\b.{0,20}$/i;
/** A closing with more below it than a name, a title and an address is no closing. */
const signatureLinesMax = 8;

export function messageOf(text: DocumentText): Message {
  return messageOfLines(text.pages.flatMap((page) => page.lines.map((line) => line.text)));
}

export function messageOfLines(lines: readonly string[]): Message {
  const { headers, rest } = parted(lines);
  const own = withoutTail(rest).filter((line) => !/^\s*>/.test(line));
  const title = headers.get("subject")?.replace(replyMarks, "").trim();
  const body = trimmed(own.some((line) => line.trim() !== "") ? own : rest);
  if (title !== undefined && title !== "") return { head: title, body: body.join("\n") };
  const [first = "", ...more] = body;
  return { head: first.trim(), body: trimmed(more).join("\n") };
}

/** A block of header lines at the top, as mail programs print it: at least two of them, or a subject. */
function parted(lines: readonly string[]): {
  readonly headers: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
} {
  const headers = new Map<string, string>();
  let at = 0;
  for (; at < lines.length; at += 1) {
    const found = header.exec((lines[at] ?? "").trim());
    if (!found) break;
    const [, name = "", value = ""] = found;
    headers.set(subject.test(name) ? "subject" : name.toLowerCase(), value);
  }
  return headers.size > 1 || headers.has("subject")
    ? { headers, rest: lines.slice(at) }
    : { headers: new Map(), rest: lines };
}

function withoutTail(lines: readonly string[]): readonly string[] {
  const quote = lines.findIndex((line) => quoteBegins.some((mark) => mark.test(line.trim())));
  const own = quote < 0 ? lines : lines.slice(0, quote);
  const mark = own.findIndex((line, at) => at > 0 && signature.test(line));
  const unsigned = mark < 0 ? own : own.slice(0, mark);
  const end = unsigned.findLastIndex((line, at) => at > 0 && closing.test(line.trim().replace(/[,.!]+$/, "")));
  const below = unsigned.slice(end + 1).filter((line) => line.trim() !== "").length;
  return end < 0 || below > signatureLinesMax ? unsigned : unsigned.slice(0, end);
}

function trimmed(lines: readonly string[]): readonly string[] {
  const from = lines.findIndex((line) => line.trim() !== "");
  return from < 0 ? [] : lines.slice(from);
}
