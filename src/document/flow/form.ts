import { decode } from "./text.ts";

/** A form filled in on a web page and sent as JSON → lines like those of an e-mail. Pure. */

/** Fields of a form that hold what somebody wrote. */
const messageFields = /^(?:message|text|body|comment|comments|question|description|nachricht|anfrage|mensaje)$/i;
const fieldsMax = 60;

/** The lines of a form in JSON, a flat object with a field for the message; null where the text is no such form. */
export function formLines(bytes: Uint8Array): readonly string[] | null {
  const fields = fieldsOf(decode(bytes));
  const message = fields?.find(([name]) => messageFields.test(name));
  if (!fields || !message) return null;
  const head = fields
    .filter((field) => field !== message)
    .map(([name, value]) => `${headerName(name)}: ${value.replaceAll(/\s+/g, " ").trim()}`)
    // The subject ends what is said about the message.
    .toSorted((a, b) => Number(a.startsWith("Subject:")) - Number(b.startsWith("Subject:")));
  return [...head, ...message[1].split(/\r\n?|\n/)];
}

function headerName(name: string): string {
  if (/^(?:subject|title|betreff)$/i.test(name)) return "Subject";
  return name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .replace(/^./u, (first) => first.toUpperCase());
}

function fieldsOf(text: string): readonly (readonly [name: string, value: string])[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
  const entries = Object.entries(parsed).filter(([, value]) => value !== null && value !== "");
  if (entries.length === 0 || entries.length > fieldsMax) return null;
  const flat = entries.every(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return flat ? entries.map(([name, value]) => [name, String(value)] as const) : null;
}
