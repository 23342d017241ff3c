import { z } from "zod";

/** What is read from a clinical record. Dates are as exact as the record is: a year, a month or a day, ISO 8601. */

const partialDate = z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/);

/**
 * What a record says about a list: it gives entries, it says that there are none, or it says nothing.
 * The last two are different answers, and none of them is ever filled in by guess.
 */
const statements = ["listed", "none known", "not stated"] as const;
const statement = z.enum(statements);

const problemStatus = z.enum(["active", "inactive", "resolved", "historical"]);
const medicationStatus = z.enum(["active", "stopped", "completed", "planned", "historical"]);

const condition = z.object({
  name: z.string(),
  status: problemStatus.nullable(),
  since: partialDate.nullable(),
  laterality: z.enum(["left", "right", "bilateral"]).nullable(),
  code: z.string().nullable().describe("code as the record gives it, with its system where it is named"),
  negated: z.boolean().nullable().describe("the record says that the patient does not have it"),
  uncertain: z.boolean().nullable().describe("suspected, probable, to be ruled out"),
});

/** Facts, each pointing at the lines it was read from. */
export const Facts = z.object({
  patient: z.object({
    name: z.string().nullable(),
    birthDate: z.iso.date().nullable(),
    sex: z.enum(["male", "female", "other", "unknown"]).nullable(),
  }),
  stated: z
    .object({
      problems: statement,
      diagnoses: statement,
      pastHistory: statement,
      medications: statement,
      allergies: statement,
      immunizations: statement,
      procedures: statement,
      results: statement,
      vitals: statement,
      familyHistory: statement,
      followUp: statement,
    })
    .describe("whether the record lists something, says that there is nothing, or says nothing"),
  problems: z.array(condition).describe("the list of problems, and what the text says the patient has"),
  diagnoses: z
    .array(condition.extend({ kind: z.string().nullable().describe("admission, discharge, preoperative, …") }))
    .describe("what a visit, a stay or an operation was for or found"),
  pastHistory: z.array(condition).describe("past medical history"),
  medications: z.array(
    z.object({
      name: z.string(),
      dose: z.string().nullable(),
      frequency: z.string().nullable(),
      status: medicationStatus.nullable(),
      since: partialDate.nullable(),
      code: z.string().nullable(),
    }),
  ),
  allergies: z.array(
    z.object({
      substance: z.string(),
      reaction: z.string().nullable(),
      severity: z.string().nullable(),
      status: problemStatus.nullable(),
      code: z.string().nullable(),
    }),
  ),
  immunizations: z.array(
    z.object({
      name: z.string(),
      date: partialDate.nullable(),
      status: z.string().nullable(),
      code: z.string().nullable(),
    }),
  ),
  procedures: z.array(z.object({ name: z.string(), date: partialDate.nullable(), code: z.string().nullable() })),
  results: z.array(
    z.object({
      name: z.string(),
      value: z.string().nullable(),
      unit: z.string().nullable(),
      range: z.string().nullable(),
      flag: z.string().nullable(),
      date: partialDate.nullable(),
      code: z.string().nullable(),
    }),
  ),
  vitals: z.array(
    z.object({
      name: z.string(),
      value: z.string().nullable(),
      unit: z.string().nullable(),
      date: partialDate.nullable(),
      code: z.string().nullable(),
    }),
  ),
  familyHistory: z.array(
    z.object({ name: z.string(), relative: z.string().nullable(), negated: z.boolean().nullable() }),
  ),
  followUp: z.array(z.object({ description: z.string(), date: partialDate.nullable() })),
  coverage: z
    .object({
      lines: z.number().int(),
      inFacts: z.number().int().describe("lines that a fact points at"),
      inSections: z.number().int().describe("other lines of a section whose kind is known"),
      elsewhere: z.array(z.string()).describe("lines that belong to no known section and no fact, as page:line"),
    })
    .describe("what became of every line of the record"),
  notice: z.string(),
});

export const notice =
  "Drawn from the record by software, not by a clinician. Not a medical device: not for diagnosis or treatment. " +
  "Check every statement against the lines it names.";

/** Name of the step that reads them. */
export const factsStep = "facts";

/** Lists of facts, by their paths. */
export const lists = [
  "problems",
  "diagnoses",
  "pastHistory",
  "medications",
  "allergies",
  "immunizations",
  "procedures",
  "results",
  "vitals",
  "familyHistory",
  "followUp",
] as const;
export type ListName = (typeof lists)[number];

/** Lists of what a patient has or had. */
export const conditionLists: ReadonlySet<ListName> = new Set<ListName>(["problems", "diagnoses", "pastHistory"]);
