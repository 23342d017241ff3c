import type { Doubt, DocumentText } from "weir";
import { isForeignCode } from "./codes.ts";
import { type Fact, nameKey, nameOf, withPaths } from "./fact.ts";
import type { Section } from "./lines/sections.ts";
import type { Said } from "./lists/index.ts";
import type { Contradiction } from "./merge.ts";
import type { Patient } from "./patient.ts";
import { factsStep as step, lists } from "./schema.ts";

/** Why what was read of a record may be wrong. Pure. */

export interface Findings {
  readonly text: DocumentText;
  readonly sections: readonly Section[];
  readonly facts: readonly Fact[];
  readonly contradictions: readonly Contradiction[];
  readonly patient: Patient;
  readonly absences: readonly Said[];
}

/** Paths of every value of the facts at these places. */
type PathsOf = (places: Iterable<number>) => readonly string[];

export function doubtsOf(findings: Findings): readonly Doubt[] {
  const placed = withPaths(findings.facts);
  const pathsOf: PathsOf = (places) =>
    [...places].flatMap((at) => {
      const [path, fact] = placed[at] ?? [];
      return path && fact ? Object.keys(fact.values).map((key) => `${path}.${key}`) : [];
    });
  return [
    ...contradicting(findings, pathsOf),
    ...listedAndNone(findings, pathsOf),
    ...placed.flatMap(([path, fact]) => differing(path, fact)),
    ...placed.flatMap(([path, fact]) => foreignCode(path, fact)),
    ...otherPatients(findings, pathsOf),
    ...nothingClinical(findings),
    ...incomplete(findings, pathsOf),
  ];
}

function contradicting({ facts, contradictions }: Findings, pathsOf: PathsOf): readonly Doubt[] {
  return contradictions.map(({ first, second, key }) => {
    const [one, other] = [facts[first], facts[second]];
    const [a, b] = [one, other].map((fact) => String(fact?.values[key]?.value ?? false));
    const message = `${one ? nameOf(one) : ""}: the record says ${key} ${a} in one place and ${b} in another`;
    return { code: "record.contradicts", paths: pathsOf([first, second]), message, step };
  });
}

/** "No known food allergies" stands beside an allergy to a drug. */
const partial = /\b(?:food|latex|environmental|seasonal|contrast)\b/i;

/** Lists of which "none known" would be dangerous beside entries. */
const vital = ["problems", "medications", "allergies"] as const;

function listedAndNone({ facts, absences }: Findings, pathsOf: PathsOf): readonly Doubt[] {
  return vital.flatMap((list) => {
    const none = absences.find((one) => one.list === list && one.absence === "none known" && !partial.test(one.words));
    const listed = facts.flatMap((fact, at) => (fact.list === list ? [at] : []));
    if (!none || listed.length === 0) return [];
    const message = `the record lists ${list}, and says under “${none.section.title}” that none are known`;
    return [{ code: "record.contradicts", paths: [`stated.${list}`, ...pathsOf(listed)], message, step }];
  });
}

function differing(path: string, fact: Fact): readonly Doubt[] {
  if (fact.printed === undefined || fact.evidence["readers.agree"] === 1) return [];
  const isEmbedded = fact.by === "embedded";
  const other = isEmbedded ? "the data of the file says" : `its code ${String(fact.values["code"]?.value)} means`;
  const code = isEmbedded ? "embedded.differs" : "record.code-differs";
  const message = `${other} ${nameOf(fact)}, its text says ${fact.printed}`;
  return [{ code, paths: [`${path}.${nameKey[fact.list]}`], message, step }];
}

function foreignCode(path: string, { values }: Fact): readonly Doubt[] {
  const code = values["code"]?.value;
  if (typeof code !== "string" || !isForeignCode(code)) return [];
  return [{ code: "record.unknown-code", paths: [`${path}.code`], message: `${code} is no code of that system`, step }];
}

function otherPatients({ facts, patient }: Findings, pathsOf: PathsOf): readonly Doubt[] {
  if (patient.others.length === 0) return [];
  const others = patient.others.map(({ value, line }) => `${value} (page ${line.page}, line ${line.line})`).join(", ");
  const paths = ["patient.name", "patient.birthDate", "patient.sex", ...pathsOf(facts.keys())];
  return [{ code: "record.two-patients", paths, message: `another person may be in this record: ${others}`, step }];
}

/** "[doctor] …", "Patient: …": who speaks in a visit. */
const speaks = /^\s*\[?(?:doctor|dr|physician|clinician|nurse|patient)\b[^\]:]{0,20}[\]:]/i;
const turnsMin = 4;

function nothingClinical({ text, sections, facts, absences }: Findings): readonly Doubt[] {
  const turns = text.pages.flatMap(({ lines }) => lines).filter((line) => speaks.test(line.text)).length;
  const isKnown = sections.some(({ kind }) => kind !== null && kind !== "administrative");
  if (facts.length > 0 || absences.length > 0 || isKnown || turns >= turnsMin) return [];
  const message = "no section, list or finding of a clinical record was recognised";
  return [{ code: "record.no-clinical-content", paths: lists.map((list) => `stated.${list}`), message, step }];
}

function incomplete({ text, facts }: Findings, pathsOf: PathsOf): readonly Doubt[] {
  if (text.complete) return [];
  const pages = text.skipped.map(({ page, reason }) => `page ${page} (${reason})`).join(", ");
  const paths = [...lists.map((list) => `stated.${list}`), ...pathsOf(facts.keys())];
  return [{ code: "read.incomplete", paths, message: `the record was not read whole: ${pages}`, step }];
}
