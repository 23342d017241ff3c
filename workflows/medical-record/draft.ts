import type { Decision, DocumentText, DraftData, Json } from "weir";
import { amend, emptyDraft, raise } from "../../src/core/index.ts";
import { coverageOf } from "./coverage.ts";
import { type Embedded, embeddedIn, withText } from "./embedded.ts";
import { type Fact, type Value, nameKey, spanAt, withPaths } from "./fact.ts";
import { dateOrderOf } from "./lines/dates.ts";
import { sectionsOf } from "./lines/sections.ts";
import { listedIn, type Said } from "./lists/index.ts";
import { merged, placesMax } from "./merge.ts";
import { doubtsOf } from "./doubts.ts";
import { type Patient, patientOf } from "./patient.ts";
import { lists, notice } from "./schema.ts";

/**
 * Everything that is found in a record, each with its place, and why it may be wrong.
 * @param asData whether data embedded in the file is read too
 */
export function draftOf(text: DocumentText, asData = true): DraftData {
  const lines = text.pages.flatMap((page) => page.lines);
  const order = dateOrderOf(lines.map((line) => line.text));
  const sections = sectionsOf(text);
  const { facts: printed, absences } = listedIn(sections, order);
  const data = asData ? embeddedIn(text) : nothingEmbedded;
  const found = merged(withText(data.facts, printed));
  const patient = patientOf(text, order);
  const decisions: Record<string, Decision> = {
    ...patientDecisions(patient, data.patient),
    ...statementDecisions(found.facts, absences, data.none),
    ...factDecisions(found.facts),
    notice: counted(notice),
  };
  const sources = [...found.facts, ...Object.values(decisions)].map(({ source }) => source);
  const coverage = coverageOf(text, sections, sources);
  const covered = {
    "coverage.lines": counted(coverage.lines),
    "coverage.inFacts": counted(coverage.inFacts),
    "coverage.inSections": counted(coverage.inSections),
    "coverage.elsewhere": counted(coverage.elsewhere),
  };
  const draft: DraftData = {
    ...amend(emptyDraft, { ...decisions, ...covered }),
    optional: ["patient.name", "patient.birthDate", "patient.sex"],
  };
  return doubtsOf({ text, sections, ...found, patient, absences }).reduce(raise, draft);
}

const nothingEmbedded: Embedded = { facts: [], patient: {}, none: [] };

/** What a rule read. A clinician confirms it, unless a profile may. */
function read({ value, source }: Value, by: Fact["by"], evidence: Fact["evidence"]): Decision {
  return { value, confidence: null, status: "review", by, source, alternatives: [], evidence };
}

/** What code counts is no reading. */
function counted(value: Json): Decision {
  return { value, confidence: null, status: "accepted", by: "rule", source: [], alternatives: [], evidence: {} };
}

const absent: Value = { value: null, source: [] };

function patientDecisions(patient: Patient, data: Embedded["patient"]): Record<string, Decision> {
  return Object.fromEntries(
    (["name", "birthDate", "sex"] as const).map((key) => {
      const embedded = data[key];
      return [`patient.${key}`, embedded ? read(embedded, "embedded", {}) : read(patient[key] ?? absent, "rule", {})];
    }),
  );
}

function statementDecisions(
  found: readonly Fact[],
  absences: readonly Said[],
  data: Embedded["none"],
): Record<string, Decision> {
  return Object.fromEntries(
    lists.map((list) => {
      const listed = found.some((fact) => fact.list === list);
      const none = absences.filter((one) => one.list === list && one.absence === "none known");
      const value = listed ? "listed" : none.length > 0 || data.includes(list) ? "none known" : "not stated";
      const source = value === "none known" ? none.flatMap(({ section }) => section.body.slice(0, 3).map(spanAt)) : [];
      return [`stated.${list}`, read({ value, source }, !listed && data.includes(list) ? "embedded" : "rule", {})];
    }),
  );
}

/** "problems.0.name", …: entries in the order of the record, list by list. */
function factDecisions(found: readonly Fact[]): Record<string, Decision> {
  const decisions: Record<string, Decision> = {};
  for (const [path, fact] of withPaths(found)) {
    for (const [key, value] of Object.entries(fact.values)) {
      const source = value.source.length > 0 ? value.source : fact.source.slice(0, placesMax);
      const decision = read({ value: value.value, source }, fact.by, fact.evidence);
      const other = key === nameKey[fact.list] ? fact.printed : undefined;
      decisions[`${path}.${key}`] =
        other === undefined ? decision : { ...decision, alternatives: [{ value: other, confidence: null }] };
    }
  }
  return decisions;
}
