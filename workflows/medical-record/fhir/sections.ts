import type { ListName } from "../schema.ts";
import { type Resource, coding, meta, unknown } from "./resource.ts";

/** The sections of an International Patient Summary, and how it says that there is nothing. Pure. */

export interface SectionOf {
  readonly list: ListName;
  readonly title: string;
  readonly loinc: readonly [code: string, display: string];
  /** Whether the section stands in every summary, with an explicit "nothing" where it has no entries. */
  readonly mandatory: boolean;
}

export const sections: readonly SectionOf[] = [
  { list: "problems", title: "Problems", loinc: ["11450-4", "Problem list - Reported"], mandatory: true },
  {
    list: "allergies",
    title: "Allergies and Intolerances",
    loinc: ["48765-2", "Allergies and adverse reactions Document"],
    mandatory: true,
  },
  {
    list: "medications",
    title: "Medication Summary",
    loinc: ["10160-0", "History of Medication use Narrative"],
    mandatory: true,
  },
  {
    list: "immunizations",
    title: "Immunizations",
    loinc: ["11369-6", "History of Immunization Narrative"],
    mandatory: false,
  },
  {
    list: "results",
    title: "Results",
    loinc: ["30954-2", "Relevant diagnostic tests/laboratory data Narrative"],
    mandatory: false,
  },
  {
    list: "procedures",
    title: "History of Procedures",
    loinc: ["47519-4", "History of Procedures Document"],
    mandatory: false,
  },
  { list: "diagnoses", title: "Diagnoses", loinc: ["29308-4", "Diagnosis"], mandatory: false },
  {
    list: "pastHistory",
    title: "History of Past Illness",
    loinc: ["11348-0", "History of Past illness note"],
    mandatory: false,
  },
  { list: "vitals", title: "Vital Signs", loinc: ["8716-3", "Vital signs"], mandatory: false },
  {
    list: "familyHistory",
    title: "Family History",
    loinc: ["10157-6", "History of family member diseases Narrative"],
    mandatory: false,
  },
  { list: "followUp", title: "Plan of Care", loinc: ["18776-5", "Plan of care note"], mandatory: false },
];

const absentUnknown = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips";

/** The codes for "none known" and for "no information", and the resource that carries them. */
const nothing: Readonly<
  Partial<Record<ListName, readonly [none: readonly [string, string], silent: readonly [string, string]]>>
> = {
  problems: [
    ["no-known-problems", "No known problems"],
    ["no-problem-info", "No information about problems"],
  ],
  allergies: [
    ["no-known-allergies", "No known allergies"],
    ["no-allergy-info", "No information about allergies"],
  ],
  medications: [
    ["no-known-medications", "No known medications"],
    ["no-medication-info", "No information about medications"],
  ],
  immunizations: [
    ["no-known-immunizations", "No known immunizations"],
    ["no-immunization-info", "No information about immunizations"],
  ],
  procedures: [
    ["no-known-procedures", "No known procedures"],
    ["no-procedure-info", "No information about past history of procedures"],
  ],
};

/** What a section without entries says; null for sections that are then left out. */
export function absent(
  list: ListName,
  noneKnown: boolean,
  about: { readonly id: string; readonly subject: { readonly reference: string } },
): Resource | null {
  const said = nothing[list];
  if (!said) return null;
  const [code, display] = said[noneKnown ? 0 : 1];
  const concept = { coding: [coding(absentUnknown, code, display)], text: display };
  const { id, subject } = about;
  const terminology = "http://terminology.hl7.org/CodeSystem";
  if (list === "problems") {
    const active = { coding: [{ system: `${terminology}/condition-clinical`, code: "active" }] };
    return { resourceType: "Condition", id, meta: meta("Condition"), clinicalStatus: active, code: concept, subject };
  }
  if (list === "allergies") {
    const active = { coding: [{ system: `${terminology}/allergyintolerance-clinical`, code: "active" }] };
    return {
      resourceType: "AllergyIntolerance",
      id,
      meta: meta("AllergyIntolerance"),
      clinicalStatus: active,
      code: concept,
      patient: subject,
    };
  }
  if (list === "medications") {
    return {
      resourceType: "MedicationStatement",
      id,
      meta: meta("MedicationStatement"),
      status: "unknown",
      medicationCodeableConcept: concept,
      subject,
      _effectiveDateTime: unknown,
    };
  }
  if (list === "immunizations") {
    return {
      resourceType: "Immunization",
      id,
      meta: meta("Immunization"),
      status: "not-done",
      vaccineCode: concept,
      patient: subject,
      _occurrenceDateTime: unknown,
    };
  }
  return {
    resourceType: "Procedure",
    id,
    meta: meta("Procedure"),
    status: "unknown",
    code: concept,
    subject,
    _performedDateTime: unknown,
  };
}
