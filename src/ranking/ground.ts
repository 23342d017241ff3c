import { surveyOf } from "./survey.ts";
import type { CandidateKind } from "../candidates/index.ts";
import { type DocumentText, type Json, type Line, type Span, spanOf } from "../core/index.ts";

/** Where a value that somebody wrote stands on the page. */
export interface Grounding {
  /** `exact`: as written; `normalised`: in another printed form of the same value; `none`: nowhere. */
  readonly kind: "exact" | "normalised" | "none";
  readonly spans: readonly Span[];
}

const nowhere: Grounding = { kind: "none", spans: [] };

/** Kinds whose printed form differs from what stands on the page. */
const typed: readonly CandidateKind[] = ["date", "money", "iban", "vat", "currency", "number", "duration", "place"];

/** Looks for a value on the page: letter by letter, then without case and spaces, then as a typed value. */
export function ground(value: Json, text: DocumentText): Grounding {
  if (value === null || typeof value === "object") return nowhere;
  const wanted = String(value).trim();
  if (wanted === "") return nowhere;
  const lines = text.pages.flatMap((page) => page.lines);
  const exact = lines.flatMap((line) => spanIn(line, wanted)).slice(0, 1);
  if (exact.length > 0) return { kind: "exact", spans: exact };
  const folded = lines.flatMap((line) => foldedSpanIn(line, wanted)).slice(0, 1);
  if (folded.length > 0) return { kind: "normalised", spans: folded };
  return typedGrounding(wanted, text);
}

function spanIn(line: Line, wanted: string): readonly Span[] {
  const at = line.text.indexOf(wanted);
  return at < 0 ? [] : [spanOf(line, at, at + wanted.length)];
}

/** Ignores case and the width of spaces. */
function foldedSpanIn(line: Line, wanted: string): readonly Span[] {
  const words = wanted.split(/\s+/).map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const match = new RegExp(words.join("\\s+"), "iu").exec(line.text);
  return match ? [spanOf(line, match.index, match.index + match[0].length)] : [];
}

function typedGrounding(wanted: string, text: DocumentText): Grounding {
  const survey = surveyOf(text);
  for (const kind of typed) {
    const found = survey.candidates(kind).find((one) => one.value === wanted || sameNumber(one.value, wanted));
    if (found) return { kind: "normalised", spans: found.spans };
  }
  return nowhere;
}

function sameNumber(a: string, b: string): boolean {
  const number = /^-?\d+(\.\d+)?$/;
  return number.test(a) && number.test(b) && Number(a) === Number(b);
}
