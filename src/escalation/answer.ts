import { z } from "zod";
import {
  type Decision,
  type Doubt,
  type DocumentText,
  type DraftData,
  type Json,
  type Span,
  amend,
  canonicalJson,
  raise,
  spanOf,
} from "../core/index.ts";
import type { Schema } from "../ports/index.ts";
import { kindOf, surveyOf } from "../ranking/index.ts";
import { challenged, cloudStep } from "./challenged.ts";
import { leafAt } from "./leaf.ts";
import { askedSignal } from "./doubted.ts";
import type { Question, Slot } from "./question.ts";
import { placeOf } from "./window.ts";
import { readAnswer } from "./wording.ts";

const answered = z.object({ answers: z.array(z.string()) });

/**
 * What a cloud's answer makes of a draft. It is trusted no more than ours: a value must stand on a line
 * that was sent and have the form the schema wants, and our own reading must not speak against it; else
 * it is a doubt.
 */
export function mergeAnswer(
  draft: DraftData,
  question: Question,
  answer: Json,
  document: { readonly schema: Schema; readonly text: DocumentText },
): DraftData {
  const { answers } = answered.parse(answer);
  const merged = question.slots.reduce((before, slot, at) => {
    const said = answers[at];
    if (said === undefined) return settle(before, slot.path, wrong("the cloud did not answer each question"));
    return settle(before, slot.path, readSlot(slot, said, question, document));
  }, draft);
  return challenged(merged, draft, question.slots, document);
}

/** The paths were asked about in vain. */
export function mergeFailure(draft: DraftData, paths: readonly string[], code: string, message: string): DraftData {
  const asked = paths.map((path) => [path, marked(draft.decisions[path])] as const);
  const decisions = Object.fromEntries(asked.flatMap(([path, decision]) => (decision ? [[path, decision]] : [])));
  return raise(amend(draft, decisions), { code, paths, message, step: cloudStep });
}

type Read =
  | { readonly value: Json; readonly spans: readonly Span[] }
  | { readonly code: string; readonly problem: string };

function wrong(problem: string, code = "cloud.answer"): Read {
  return { code, problem };
}

function readSlot(
  { field, path, choices, shown }: Slot,
  answer: string,
  question: Question,
  { schema, text }: { readonly schema: Schema; readonly text: DocumentText },
): Read {
  const said = readAnswer(answer, shown);
  if (said.kind === "none") {
    return field.nullable ? { value: null, spans: [] } : wrong("the cloud says that the lines do not state it");
  }
  const found =
    said.kind === "copied"
      ? quoted(question.reveal(said.text).trim(), field, question.places, text)
      : (choices[said.at] ?? null);
  if (!found) {
    if (said.kind === "candidate") return wrong(`the cloud chose candidate ${said.at + 1} of ${choices.length}`);
    return wrong("the cloud's value does not stand on the lines it was shown", "value.not-on-page");
  }
  const leaf = leafAt(schema, path);
  if (leaf && !leaf.safeParse(found.value).success) return wrong("the cloud's value has not the form that is wanted");
  return { value: found.value, spans: found.spans };
}

const comparable = (text: string) => text.replaceAll(/\s+/g, " ").trim().toLowerCase();

/** A copied value as a typed one, with its place on one of the lines that were sent. */
function quoted(
  quote: string,
  field: Slot["field"],
  places: ReadonlySet<string>,
  text: DocumentText,
): { readonly value: Json; readonly spans: readonly Span[] } | null {
  if (quote === "") return null;
  const wanted = comparable(quote);
  // A label is chosen by its letter, never copied off the page.
  const kind = field.type === "enum" ? null : kindOf(field);
  if (kind) {
    const candidates = surveyOf(text).candidates(kind);
    const sent = candidates.filter(({ spans }) => spans.every((span) => places.has(placeOf(span))));
    const fits = sent.find((one) => comparable(one.text) === wanted) ?? sent.find((one) => one.value === quote);
    if (fits) return { value: field.numeric ? Number(fits.value) : fits.value, spans: fits.spans };
  }
  if (!free.has(field.type)) return null;
  for (const line of text.pages.flatMap((page) => page.lines)) {
    if (!places.has(placeOf(line))) continue;
    const at = line.text.toLowerCase().indexOf(quote.toLowerCase());
    if (at < 0) continue;
    const span = spanOf(line, at, at + quote.length);
    return { value: span.text, spans: [span] };
  }
  return null;
}

/** Types whose values need not be among the candidates: any words of the page can be one. */
const free = new Set<string>(["identifier", "name", "address", "text"]);

function settle(draft: DraftData, path: string, read: Read): DraftData {
  const local = draft.decisions[path];
  if ("problem" in read) {
    const doubt: Doubt = { code: read.code, paths: [path], message: `${path}: ${read.problem}`, step: cloudStep };
    const asked = marked(local);
    return raise(asked ? amend(draft, { [path]: asked }) : draft, doubt);
  }
  const agrees = local !== undefined && canonicalJson(local.value) === canonicalJson(read.value);
  const rivals = local && !agrees ? [{ value: local.value, confidence: local.confidence }] : [];
  const decision: Decision = {
    value: read.value,
    confidence: null,
    status: "accepted",
    by: "cloud",
    source: read.spans,
    alternatives: [...rivals, ...(local?.alternatives ?? [])].filter(
      (one) => canonicalJson(one.value) !== canonicalJson(read.value),
    ),
    evidence: { ...local?.evidence, [askedSignal]: 1, "cloud.agrees": Number(agrees) },
  };
  return amend(draft, { [path]: decision });
}

function marked(decision: Decision | undefined): Decision | undefined {
  return decision && { ...decision, evidence: { ...decision.evidence, [askedSignal]: 1 } };
}
