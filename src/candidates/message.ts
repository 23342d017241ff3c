import type { DocumentText, Line } from "../core/index.ts";

/** What a message says by itself: its subject or first line, and its text without what it quotes and how it is signed. */

/** A message as it is compared with others. */
export interface Message {
  /** Subject, or first line. */
  readonly head: string;
  /** What follows. */
  readonly body: string;
}

/** A message by its parts. */
export interface Letter {
  /** Lines above the text that say who wrote, when, about what: "subject" → value, names in lower case. */
  readonly headers: ReadonlyMap<string, { readonly value: string; readonly line: Line }>;
  /** What the sender wrote: no headers, no quotes, no signature. */
  readonly own: readonly Line[];
  /** Name and addresses below the closing words. */
  readonly signature: readonly Line[];
}

const header = /^(\p{L}[\p{L} -]{1,24}):\s+(.*)$/u;
const usual = /^(?:from|to|subject|date|sent|reply-to|von|an|betreff|datum|gesendet|name|e-?mail|message-id)$/;
const sameAs: Readonly<Record<string, string>> = {
  betreff: "subject",
  von: "from",
  "e-mail": "email",
  gesendet: "date",
};
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
const mark = /^--\s*$/;
const closing = new RegExp(
  [
    "(?:(?:kind|best|warm|many) )?(?:regards|wishes|thanks)(?: (?:in advance|again|a lot|so much))?",
    "thank you(?: (?:in advance|again|so much|very much))?",
    "yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|cheers",
    "mit freundlichen grüßen|(?:viele|freundliche|beste|liebe) grüße|mfg|vielen dank(?: im voraus)?",
    "cordialement|saludos|cordiali saluti",
  ]
    .map((words) => `^(?:${words})$`)
    .join("|"),
  "i",
);
/** A closing with more below it than a name, a title and an address is no closing. */
const signatureLinesMax = 8;

export function letterOf(text: DocumentText): Letter {
  const lines = text.pages.flatMap((page) => page.lines);
  const { headers, rest } = parted(lines);
  const quote = rest.findIndex(({ text: line }) => quoteBegins.some((begins) => begins.test(line.trim())));
  const unquoted = (quote < 0 ? rest : rest.slice(0, quote)).filter(({ text: line }) => !/^\s*>/.test(line));
  const end = signatureAt(unquoted);
  const own = unquoted.slice(0, end);
  // A message that is only a quote is read all the same.
  if (!own.some(says)) return { headers, own: rest, signature: [] };
  return { headers, own, signature: unquoted.slice(end) };
}

export function messageOf(text: DocumentText): Message {
  const { headers, own } = letterOf(text);
  const title = headers.get("subject")?.value.replace(replyMarks, "").trim() ?? "";
  const body = own.slice(Math.max(0, own.findIndex(says))).map((line) => line.text);
  if (title !== "") return { head: title, body: body.join("\n") };
  const [first = "", ...more] = body;
  return { head: first.trim(), body: more.join("\n").replace(/^\s*\n/, "") };
}

const says = ({ text }: Line) => text.trim() !== "";

/** A block of header lines at the top, as mail programs print it: a subject, or two of the usual ones. */
function parted(lines: readonly Line[]): { readonly headers: Letter["headers"]; readonly rest: readonly Line[] } {
  const headers = new Map<string, { readonly value: string; readonly line: Line }>();
  let at = 0;
  for (; at < lines.length; at += 1) {
    const line = lines[at];
    const found = line && header.exec(line.text.trim());
    const name = (found?.[1] ?? "").toLowerCase();
    // What we print ends with the subject: the text may begin with a line of the same form.
    if (!found || (headers.has("subject") && name !== "attachment" && !usual.test(name))) break;
    headers.set(sameAs[name] ?? name, { value: (found[2] ?? "").trim(), line });
  }
  const known = [...headers.keys()].filter((name) => usual.test(name)).length;
  return known > 1 || headers.has("subject") ? { headers, rest: lines.slice(at) } : { headers: new Map(), rest: lines };
}

/** Where the signature begins; behind the last line without one. */
function signatureAt(lines: readonly Line[]): number {
  const marked = lines.findIndex(({ text }, at) => at > 0 && mark.test(text));
  const until = marked < 0 ? lines.length : marked;
  const closed = lines.findLastIndex(
    ({ text }, at) => at > 0 && at < until && closing.test(text.trim().replace(/[,.!]+$/, "")),
  );
  const below = lines.slice(closed + 1, until).filter(says).length;
  return closed < 0 || below > signatureLinesMax ? until : closed;
}
