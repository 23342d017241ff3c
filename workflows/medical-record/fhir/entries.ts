import type { Json } from "weir";
import type { DeliveredFact } from "../delivered.ts";
import { nameOf } from "../fact.ts";
import type { ListName } from "../schema.ts";
import { type Resource, coding, concept, meta, unknown, without } from "./resource.ts";

/** One fact → the FHIR resource that holds it. Pure. */

export interface About {
  readonly id: string;
  /** The patient. */
  readonly subject: { readonly reference: string };
}

type Make = (fact: DeliveredFact, about: About) => Resource;

export function resourceOf(fact: DeliveredFact, about: About): Resource {
  return makers[fact.list](fact, about);
}

const said = ({ values }: DeliveredFact, key: string): string | undefined => {
  const value = values[key]?.value;
  return typeof value === "string" ? value : undefined;
};
const codeIn = (fact: DeliveredFact) => concept(nameOf(fact), said(fact, "code"));
const text = (words: string | undefined) => (words === undefined ? undefined : { text: words });

const terminology = "http://terminology.hl7.org/CodeSystem";
const clinical: Readonly<Record<string, string>> = {
  active: "active",
  inactive: "inactive",
  resolved: "resolved",
  historical: "inactive",
};

const makers: Readonly<Record<ListName, Make>> = {
  problems: (fact, about) => condition(fact, about, "problem-list-item"),
  diagnoses: (fact, about) => condition(fact, about, "encounter-diagnosis"),
  pastHistory: (fact, about) => condition(fact, about, "problem-list-item"),
  allergies: (fact, { id, subject }) => {
    const reaction = said(fact, "reaction");
    return {
      resourceType: "AllergyIntolerance",
      id,
      meta: meta("AllergyIntolerance"),
      ...without({
        clinicalStatus: {
          coding: [
            {
              system: `${terminology}/allergyintolerance-clinical`,
              code:
                said(fact, "status") === "resolved"
                  ? "resolved"
                  : said(fact, "status") === "inactive"
                    ? "inactive"
                    : "active",
            },
          ],
        },
        code: codeIn(fact),
        patient: subject,
        reaction:
          reaction === undefined
            ? undefined
            : [without({ manifestation: [{ text: reaction }], severity: severityOf(said(fact, "severity")) })],
      }),
    };
  },
  medications: (fact, { id, subject }) => {
    const dosage = [said(fact, "dose"), said(fact, "frequency")].filter((one) => one !== undefined).join(", ");
    const since = said(fact, "since");
    return {
      resourceType: "MedicationStatement",
      id,
      meta: meta("MedicationStatement"),
      ...without({
        status:
          {
            active: "active",
            stopped: "stopped",
            completed: "completed",
            planned: "intended",
            historical: "completed",
          }[said(fact, "status") ?? ""] ?? "unknown",
        medicationCodeableConcept: codeIn(fact),
        subject,
        ...(since === undefined ? { _effectiveDateTime: unknown } : { effectivePeriod: { start: since } }),
        dosage: dosage === "" ? undefined : [{ text: dosage }],
      }),
    };
  },
  immunizations: (fact, { id, subject }) => {
    const date = said(fact, "date");
    const refused = /refus|not (?:given|done)|declin/i.test(said(fact, "status") ?? "");
    return {
      resourceType: "Immunization",
      id,
      meta: meta("Immunization"),
      status: refused ? "not-done" : "completed",
      vaccineCode: codeIn(fact),
      patient: subject,
      ...(date === undefined ? { _occurrenceDateTime: unknown } : { occurrenceDateTime: date }),
    };
  },
  procedures: (fact, { id, subject }) => {
    const date = said(fact, "date");
    return {
      resourceType: "Procedure",
      id,
      meta: meta("Procedure"),
      status: "completed",
      code: codeIn(fact),
      subject,
      ...(date === undefined ? { _performedDateTime: unknown } : { performedDateTime: date }),
    };
  },
  results: (fact, about) =>
    observation(fact, about, coding(`${terminology}/observation-category`, "laboratory", "Laboratory")),
  vitals: (fact, about) =>
    observation(fact, about, coding(`${terminology}/observation-category`, "vital-signs", "Vital Signs")),
  familyHistory: (fact, { id, subject }) => ({
    resourceType: "FamilyMemberHistory",
    id,
    meta: meta(),
    status: "partial",
    patient: subject,
    relationship: { text: said(fact, "relative") ?? "family" },
    ...(fact.values["negated"]?.value === true
      ? { note: [{ text: `no ${nameOf(fact)}` }] }
      : { condition: [{ code: { text: nameOf(fact) } }] }),
  }),
  followUp: (fact, { id, subject }) => {
    const date = said(fact, "date");
    return {
      resourceType: "CarePlan",
      id,
      meta: meta(),
      status: "active",
      intent: "plan",
      subject,
      description: nameOf(fact),
      ...(date === undefined ? {} : { period: { end: date } }),
    };
  },
};

function condition(fact: DeliveredFact, { id, subject }: About, category: string): Resource {
  const negated = fact.values["negated"]?.value === true;
  const verified = negated ? "refuted" : fact.values["uncertain"]?.value === true ? "provisional" : "confirmed";
  return {
    resourceType: "Condition",
    id,
    meta: meta("Condition"),
    ...without({
      clinicalStatus: {
        coding: [
          {
            system: `${terminology}/condition-clinical`,
            code: clinical[said(fact, "status") ?? "active"] ?? "active",
          },
        ],
      },
      verificationStatus: { coding: [{ system: `${terminology}/condition-ver-status`, code: verified }] },
      category: [{ coding: [{ system: `${terminology}/condition-category`, code: category }] }],
      code: codeIn(fact),
      bodySite: said(fact, "laterality") === undefined ? undefined : [{ text: said(fact, "laterality") ?? "" }],
      subject,
      onsetDateTime: said(fact, "since"),
    }),
  };
}

function severityOf(words: string | undefined): Json | undefined {
  const found = /\b(?:mild|moderate|severe)\b/i.exec(words ?? "")?.[0].toLowerCase();
  return found ?? (/life|fatal/i.test(words ?? "") ? "severe" : undefined);
}

const decimal = /^-?\d+(?:\.\d+)?$/;

function observation(fact: DeliveredFact, { id, subject }: About, category: ReturnType<typeof coding>): Resource {
  const value = said(fact, "value");
  const unit = said(fact, "unit");
  const date = said(fact, "date");
  return {
    resourceType: "Observation",
    id,
    meta: meta(),
    ...without({
      status: "final",
      category: [{ coding: [category] }],
      code: codeIn(fact),
      subject,
      ...(date === undefined ? { _effectiveDateTime: unknown } : { effectiveDateTime: date }),
      ...(value === undefined
        ? { dataAbsentReason: { coding: [coding(`${terminology}/data-absent-reason`, "unknown", "Unknown")] } }
        : decimal.test(value)
          ? { valueQuantity: without({ value: Number(value), unit }) }
          : { valueString: unit === undefined ? value : `${value} ${unit}` }),
      interpretation: said(fact, "flag") === undefined ? undefined : [text(said(fact, "flag")) ?? {}],
      referenceRange: said(fact, "range") === undefined ? undefined : [text(said(fact, "range")) ?? {}],
    }),
  };
}
