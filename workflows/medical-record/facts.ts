import type { Decision, Doubt, DocumentText, Draft, DraftData, Json, Pages, Span, Step } from "weir";
import { amend, emptyDraft, raise } from "../../src/core/index.ts";
import { coverageOf } from "./coverage.ts";
import { type Fact, type Value, nameOf } from "./fact.ts";
import { dateOrderOf } from "./lines/dates.ts";
import { sectionsOf } from "./lines/sections.ts";
import { listedIn, type Said } from "./lists/index.ts";
import { type Merged, merged } from "./merge.ts";
import { type Patient, patientOf } from "./patient.ts";
import { Facts, type ListName, lists, notice } from "./schema.ts";

const step = "facts";

/** Reads facts by rules: sections, rows and items, with the context of every finding. */
export const facts: Step<Pages, Draft<typeof Facts>> = {
  name: step,
  kind: "extract",
  shape: { rules: 1 },
  schema: Facts,
  run: async (state, context) => {
    const text = await context.text(state);
    return { ...state, stage: "draft", draft: draftOf(text) };
  },
};

/** Everything the rules find in a record, each with its place, and why it may be wrong. */
export function draftOf(text: DocumentText): DraftData {
  const lines = text.pages.flatMap((page) => page.lines);
  const order = dateOrderOf(lines.map((line) => line.text));
  const sections = sectionsOf(text);
  const { facts: all, absences } = listedIn(sections, order);
  const found = merged(all);
  const patient = patientOf(text, order);
  const decisions: Record<string, Decision> = {
    ...patientDecisions(patient),
    ...statementDecisions(found.facts, absences),
    ...factDecisions(found.facts),
    notice: counted(notice),
  };
  const coverage = coverageOf(
    text,
    sections,
    Object.values(decisions).map(({ source }) => source),
  );
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
  return doubtsOf(text, found, patient, absences).reduce(raise, draft);
}

/** What a rule read. A clinician confirms it, unless a profile may. */
function read({ value, source }: Value, by: Fact["by"], evidence: Fact["evidence"]): Decision {
  return { value, confidence: null, status: "review", by, source, alternatives: [], evidence };
}

/** What code counts is no reading. */
function counted(value: Json): Decision {
  return { value, confidence: null, status: "accepted", by: "rule", source: [], alternatives: [], evidence: {} };
}

function patientDecisions({ name, birthDate, sex }: Patient): Record<string, Decision> {
  const absent: Value = { value: null, source: [] };
  return {
    "patient.name": read(name ?? absent, "rule", {}),
    "patient.birthDate": read(birthDate ?? absent, "rule", {}),
    "patient.sex": read(sex ?? absent, "rule", {}),
  };
}

function statementDecisions(found: readonly Fact[], absences: readonly Said[]): Record<string, Decision> {
  return Object.fromEntries(
    lists.map((list) => {
      const listed = found.some((fact) => fact.list === list);
      const none = absences.filter((one) => one.list === list && one.absence === "none known");
      const value = listed ? "listed" : none.length > 0 ? "none known" : "not stated";
      const source = value === "none known" ? none.flatMap(({ section }) => headingOf(section)) : [];
      return [`stated.${list}`, read({ value, source }, "rule", {})];
    }),
  );
}

function headingOf({ body }: Said["section"]): readonly Span[] {
  return body.slice(0, 3).map(({ line, start, end }) => ({
    page: line.page,
    line: line.line,
    text: line.text.slice(start, end),
    box: line.box,
  }));
}

/** "problems.0.name", …: entries in the order of the record, list by list. */
function factDecisions(found: readonly Fact[]): Record<string, Decision> {
  const decisions: Record<string, Decision> = {};
  for (const [path, fact] of withPaths(found)) {
    for (const [key, value] of Object.entries(fact.values)) {
      const source = value.source.length > 0 ? value.source : fact.source;
      decisions[`${path}.${key}`] = read({ value: value.value, source }, fact.by, fact.evidence);
    }
  }
  return decisions;
}

function withPaths(found: readonly Fact[]): readonly (readonly [path: string, fact: Fact])[] {
  const next = new Map<ListName, number>();
  return found.map((fact) => {
    const at = next.get(fact.list) ?? 0;
    next.set(fact.list, at + 1);
    return [`${fact.list}.${at}`, fact] as const;
  });
}

function doubtsOf(
  text: DocumentText,
  { facts: found, contradictions }: Merged,
  patient: Patient,
  absences: readonly Said[],
): readonly Doubt[] {
  const paths = withPaths(found);
  const pathsOf = (...at: readonly number[]) =>
    at.flatMap((one) => {
      const [path, fact] = paths[one] ?? [];
      return path && fact ? Object.keys(fact.values).map((key) => `${path}.${key}`) : [];
    });
  const doubts: Doubt[] = contradictions.map(({ first, second, key }) => {
    const name = found[first] ? nameOf(found[first]) : "";
    const [a, b] = [found[first]?.values[key]?.value ?? false, found[second]?.values[key]?.value ?? false];
    return {
      code: "record.contradicts",
      paths: pathsOf(first, second),
      message: `${name}: the record says ${key} ${String(a)} and ${key} ${String(b)}`,
      step,
    };
  });
  for (const list of lists) {
    const none = absences.find((one) => one.list === list && one.absence === "none known");
    const listed = found.flatMap((fact, at) => (fact.list === list ? [at] : []));
    if (!none || listed.length === 0 || !["allergies", "medications", "problems"].includes(list)) continue;
    const message = `the record lists ${list} and says that none are known (under “${none.section.title}”)`;
    doubts.push({ code: "record.contradicts", paths: [`stated.${list}`, ...pathsOf(...listed)], message, step });
  }
  if (patient.others.length > 0) {
    const others = patient.others
      .map(({ value, line }) => `${value} (page ${line.page}, line ${line.line})`)
      .join(", ");
    doubts.push({
      code: "record.two-patients",
      paths: ["patient.name", "patient.birthDate", "patient.sex", ...pathsOf(...found.keys())],
      message: `another person may be in this record: ${others}`,
      step,
    });
  }
  if (found.length === 0 && absences.length === 0) {
    doubts.push({
      code: "record.no-clinical-content",
      paths: lists.map((list) => `stated.${list}`),
      message: "no section, list or finding of a clinical record was recognised",
      step,
    });
  }
  if (!text.complete) {
    const pages = text.skipped.map(({ page, reason }) => `page ${page} (${reason})`).join(", ");
    doubts.push({
      code: "read.incomplete",
      paths: [...lists.map((list) => `stated.${list}`), ...pathsOf(...found.keys())],
      message: `the record was not read whole: ${pages}`,
      step,
    });
  }
  return doubts;
}
