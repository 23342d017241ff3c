import type { Result } from "../core/index.ts";

/** The report's words for the codes of a result. */

export type DecisionStatus = Result["decisions"][string]["status"];

export const statusWords: Readonly<Record<DecisionStatus, string>> = {
  accepted: "Accepted",
  review: "To check",
  rejected: "Refused",
};

/** Beside colour, for people who do not see it and for printers that have none. */
export const statusMarks: Readonly<Record<DecisionStatus, string>> = { accepted: "✓", review: "?", rejected: "✕" };

export const readerWords: Readonly<Record<Result["decisions"][string]["by"], string>> = {
  embedded: "data in the file",
  rule: "rule",
  learned: "learned reader",
  slm: "small model",
  cloud: "cloud model",
  human: "person",
};

export const runWords: Readonly<Record<Result["status"], string>> = {
  queued: "Waiting to start",
  running: "Being read",
  review: "Waiting for a person",
  succeeded: "Finished",
  failed: "Failed",
  cancelled: "Cancelled",
  "needs-migration": "Waiting for a new workflow version",
};

const skipWords: Readonly<Record<string, string>> = {
  "page.no-text": "it is a picture without text",
  "page.over-limit": "it is behind the page limit",
  "page.unreadable": "it is damaged",
  "page.partly-read": "only part of its text could be read",
};

export function skipReason(code: string): string {
  return skipWords[code] ?? code;
}

const acronyms = /\b(?:vat|iban|bic|id|po)\b/g;

/** "seller.vatId" → "Seller VAT ID". */
export function fieldName(path: string): string {
  const words = path
    .replaceAll(".", " ")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase()
    .replaceAll(acronyms, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a value looks like in a table; null is "none": the document does not state it. */
export function valueText(value: Result["decisions"][string]["value"]): string {
  if (value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function percent(share: number): string {
  // 99.96 % is not 100 %: what is not certain never looks so.
  const rounded = Math.floor(share * 1000) / 10;
  return `${rounded.toFixed(1)} %`;
}
