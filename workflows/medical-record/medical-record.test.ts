import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ccdaOf, wholeCcda } from "../../fixtures/records/ccda.ts";
import { dischargeLetter, summaryOfCare } from "../../fixtures/records/records.ts";
import { nestBest, schemaPath } from "../../src/core/index.ts";
import { leavesOf } from "../../src/steps/schema.ts";
import { readCcda } from "../../src/document/ccda/read.ts";
import { readText } from "../../src/document/flow/text.ts";
import { draftOf } from "./draft.ts";
import { Facts } from "./schema.ts";

const draft = (text: string) => draftOf(readText(new TextEncoder().encode(text), 500));
const record = (text: string) => nestBest(draft(text).decisions) as Record<string, unknown>;

describe("a summary of care in tables", () => {
  const read = record(summaryOfCare);

  test("gives the patient", () => {
    expect(read["patient"]).toEqual({ name: "Maren K. Holloway", birthDate: "1958-03-17", sex: "female" });
  });

  test("gives problems with status, since when, side and code", () => {
    expect(read["problems"]).toMatchObject([
      { name: "Essential hypertension", status: "active", since: "2009-03-12", code: "I10" },
      { name: "Osteoarthritis of left knee", status: "active", since: "2014", laterality: "left" },
      { name: "Iron deficiency anemia", status: "resolved", since: "2016-05" },
    ]);
  });

  test("gives medications with dose, frequency and status", () => {
    expect(read["medications"]).toMatchObject([
      { name: "Lisinopril 20 MG Oral Tablet", dose: "1 tablet", frequency: "once daily", status: "active" },
      { name: "Ibuprofen 400 MG Oral Tablet", frequency: "every 8 hours as needed", status: "stopped", since: "2014" },
    ]);
  });

  test("gives allergies, immunizations, vital signs, family history and the plan", () => {
    expect(read).toMatchObject({
      allergies: [{ substance: "Penicillin V", reaction: "Hives", severity: "Moderate", status: "active" }],
      immunizations: [{ name: "Influenza, seasonal, injectable", date: "2023-10-02", status: "Completed" }],
      vitals: [
        { name: "Systolic blood pressure", value: "132", unit: "mm[Hg]", date: "2023-11-14" },
        { name: "Diastolic blood pressure", value: "78", unit: "mm[Hg]" },
      ],
      familyHistory: [
        { name: "type 2 diabetes mellitus", relative: "Mother" },
        { relative: "Father", negated: true },
      ],
      followUp: [{ description: "Repeat blood pressure in 3 months." }],
    });
  });

  test("tells none known from not stated", () => {
    expect(read["stated"]).toMatchObject({ problems: "listed", procedures: "none known", results: "not stated" });
    expect(read).not.toHaveProperty("procedures");
  });
});

describe("a dictated discharge letter", () => {
  const read = record(dischargeLetter);

  test("gives the patient from labels", () => {
    expect(read["patient"]).toEqual({ name: "Tobias Ferrant", birthDate: "1946-06-21", sex: "male" });
  });

  test("gives past history and diagnoses, the suspected one as such", () => {
    expect(read["pastHistory"]).toMatchObject([
      { name: "Atrial fibrillation", status: "historical" },
      { name: "type 2 diabetes mellitus" },
      { name: "stroke", since: "2011" },
    ]);
    expect(read["diagnoses"]).toMatchObject([
      { name: "Acute on chronic heart failure", kind: "discharge diagnoses" },
      { name: "pneumonia of the right lower lobe", uncertain: true, laterality: "right" },
    ]);
  });

  test("gives medications, vital signs, and that no allergies are known", () => {
    expect(read).toMatchObject({
      medications: [
        { name: "Furosemide 40 mg", dose: "40 mg", frequency: "twice daily" },
        { name: "Apixaban 5 mg", frequency: "BID" },
        { name: "Metformin 500 mg tablet", dose: "1 tablet", frequency: "twice daily with meals" },
      ],
      vitals: [
        { name: "BP", value: "118/72" },
        { name: "HR", value: "84" },
        { name: "SpO2", value: "96", unit: "%" },
      ],
      stated: { allergies: "none known", immunizations: "not stated" },
      followUp: [{ date: "2024-03-14" }],
    });
  });
});

test("prose under the title of a list is no entry of it, and its line is counted as such", () => {
  const text = `DISCHARGE DIAGNOSES:
1. Gout
He was seen by Dr. Lang, who felt that the swelling would settle within a week or two.
MEDICATIONS: Metoprolol and aspirin
FAMILY HISTORY: She states that nobody was ever ill.
`;
  expect(record(text)).toMatchObject({
    diagnoses: [{ name: "Gout" }],
    medications: [{ name: "Metoprolol" }, { name: "aspirin" }],
    coverage: { lines: 5, inFacts: 2, inSections: 3 },
  });
  expect(record(text)).not.toHaveProperty("familyHistory");
});

test("what relatives have is family history wherever it stands, and never a problem of the patient", () => {
  const text = `PAST MEDICAL HISTORY:
- Gout
- Mother had breast cancer
- No family history of colon cancer
`;
  expect(record(text)).toMatchObject({
    pastHistory: [{ name: "Gout" }],
    familyHistory: [
      { name: "breast cancer", relative: "Mother" },
      { name: "colon cancer", negated: true },
    ],
  });
});

test("tables name their entries in the columns of any house, and not by the kind beside them", () => {
  const text = `## Allergies
Allergy Type | Substance | Overall Severity | Reaction(s) | Date Identified
Drug allergy | Penicillin V | Moderate | Rash | 01/02/2010
Food allergy | No known food allergies |  |  |

## Medications
Medication Order | Sig | Start | Prescribed By
Lisinopril 10 MG Oral Tablet | 1 tablet by mouth daily | 02/03/2012 | Dr. Lang

## Problems
Problem/Diagnosis | SNOMED Code | Onset Date | Clinical Status
Essential hypertension | 59621000 | 2009 | Active
`;
  expect(record(text)).toMatchObject({
    allergies: [{ substance: "Penicillin V", reaction: "Rash", severity: "Moderate" }],
    medications: [{ name: "Lisinopril 10 MG Oral Tablet", dose: "1 tablet", since: "2012-02-03" }],
    problems: [{ name: "Essential hypertension", code: "SNOMED 59621000", status: "active" }],
  });
  expect(draft(text).doubts).toEqual([]);
});

test("a generic name and the strength beside it are one drug", () => {
  const text = `## Medications
Medication | Generic Name | Product Strength | SIG
Ventolin inhaler |  |  |
 | salbutamol | 100 mcg/dose | 2 puffs as needed
`;
  expect(record(text)["medications"]).toMatchObject([
    { name: "Ventolin inhaler" },
    { name: "salbutamol 100 mcg/dose", dose: "2 puffs", frequency: "as needed" },
  ]);
});

describe("a vaccine with its code in a column beside it", () => {
  const text = `## Immunizations
Name | Date Given | Mfg Code | CVX
Flu shot | 10/02/2014 | ABC | 141
MMR | 10/02/2014 | ABC | 115
Zoster | 10/02/2014 | ABC | 998
House mix | 10/02/2014 | ABC | 899
`;
  const { decisions, doubts } = draft(text);

  test("is called what the code is called, and what its row calls it stands beside", () => {
    expect(nestBest(decisions)).toMatchObject({
      immunizations: [
        { name: "Influenza, seasonal, injectable", code: "CVX 141", date: "2014-10-02" },
        { name: "Tdap", code: "CVX 115" },
        { name: "Zoster", status: "not given" },
        { name: "House mix", code: "CVX 899" },
      ],
    });
    expect(decisions["immunizations.1.name"]).toMatchObject({
      source: [{ line: 4, text: "115" }],
      alternatives: [{ value: "MMR" }],
    });
  });

  test("is doubted where both name something else", () => {
    expect(doubts.map(({ code, paths }) => [code, paths])).toEqual([
      ["record.code-differs", ["immunizations.0.name"]],
      ["record.code-differs", ["immunizations.1.name"]],
    ]);
  });

  test("keeps its own words where the code stands behind them in brackets", () => {
    const bracketed = "## Immunizations\nVaccine | Date\nFlu shot, [CVX: 141] | 10/02/2014\n";
    expect(record(bracketed)["immunizations"]).toMatchObject([{ name: "Flu shot", code: "CVX: 141" }]);
  });
});

test("a dictation run together on one line keeps its lists apart", () => {
  const text =
    "PREOPERATIVE DIAGNOSIS:, Right common, internal and external carotid stenosis.,OPERATIONS,1. Carotid endarterectomy.,2. Patch angioplasty.,ALLERGIES:, Codeine and sulfa.,She has a will and, if unable to decide, wants her husband, Rolf, to decide.,MEDICATIONS,: Premarin 0.625 mg daily, aspirin.,LABS:, CRP is less than 0.3, and sodium 140. EKG done at 20:37.";
  expect(record(text)).toMatchObject({
    diagnoses: [{ name: "Right common, internal and external carotid stenosis" }],
    procedures: [{ name: "Carotid endarterectomy" }, { name: "Patch angioplasty" }],
    medications: [{ name: "Premarin 0.625 mg" }, { name: "aspirin" }],
    results: [
      { name: "CRP", value: "less than 0.3" },
      { name: "sodium", value: "140" },
    ],
  });
  expect(record(text)["allergies"]).toEqual([{ substance: "Codeine" }, { substance: "sulfa" }]);
});

test("remarks among names are none of them, and how many is no part of a name", () => {
  const text = `ALLERGIES: None by history.
MEDICATIONS: Seroquel 100 mg, 1 p.o. daily, Dolobid 1000 mg, recently stopped because of a rash, or chlorambucil.
PAST MEDICAL HISTORY: As mentioned, asthma. Per chart, gout.
`;
  expect(record(text)).toMatchObject({
    stated: { allergies: "none known" },
    medications: [{ name: "Seroquel 100 mg" }, { name: "Dolobid 1000 mg" }, { name: "chlorambucil" }],
    pastHistory: [{ name: "asthma" }, { name: "gout" }],
  });
});

test("what the patient has stands among the words about relatives, and is none of theirs", () => {
  const text = "FAMILY HISTORY: Her father died with heart disease. She has two normal deliveries.\n";
  expect(record(text)["familyHistory"]).toEqual([{ name: "heart disease", relative: "father" }]);
});

test("a side belongs to the finding it stands beside, and to no other of the list", () => {
  const text =
    "HISTORY: A history of reflux disease, left hip fracture, and gout. Known to have a hip fracture on the left.\n";
  expect(record(text)["problems"]).toEqual([
    { name: "reflux disease" },
    { name: "left hip fracture", laterality: "left" },
    { name: "gout" },
    { name: "hip fracture on the left", laterality: "left" },
  ]);
});

test("what has gone on for some weeks is a complaint, and no problem of the list", () => {
  const text = "HISTORY OF PRESENT ILLNESS: A two week history of nasal congestion, with a history of gout.\n";
  expect(record(text)["problems"]).toMatchObject([{ name: "gout" }]);
});

describe("a C-CDA record", () => {
  const text = readCcda(new TextEncoder().encode(wholeCcda), 500);
  const { decisions, doubts } = draftOf(text);

  test("is read from its data, with the places where its text says the same", () => {
    expect(decisions["problems.0.name"]).toMatchObject({
      value: "Type 2 diabetes mellitus",
      by: "embedded",
      source: [{ page: 2, line: 3, text: "Type 2 diabetes mellitus" }],
      evidence: { "readers.agree": 1 },
    });
    expect(nestBest(decisions)).toMatchObject({
      patient: { name: "Ms. Ilse M. Vandermeer", birthDate: "1964-02-29", sex: "female" },
      problems: [
        { status: "active", since: "2011-07-04", code: "SNOMED CT 44054006" },
        { name: "Migraine", status: "resolved" },
      ],
      medications: [
        { name: "Metformin 500 MG Oral Tablet", frequency: "every 12 h", code: "RxNorm 861007" },
        { name: "Aspirin 75 MG Oral Tablet" },
      ],
      stated: { allergies: "none known", immunizations: "not stated" },
      vitals: [
        { name: "Body weight", value: "71.5", unit: "kg", date: "2024-01-15" },
        { name: "Heart rate", value: "68", unit: "/min", date: "2024-01-15" },
      ],
    });
  });

  test("doubts an entry that its text calls something else, and shows both", () => {
    expect(decisions["medications.1.name"]?.alternatives).toEqual([
      { value: "Acetylsalicylic acid 75 mg", confidence: null },
    ]);
    expect(doubts.map(({ code, paths }) => [code, paths])).toEqual([["embedded.differs", ["medications.1.name"]]]);
  });

  test("is read from its text alone where its data is to be ignored", () => {
    const plain = draftOf(text, false);
    expect(Object.values(plain.decisions).every(({ by }) => by === "rule")).toBe(true);
    expect(nestBest(plain.decisions)).toMatchObject({
      patient: { birthDate: "1964-02-29" },
      problems: [{ name: "Type 2 diabetes mellitus", since: "2011-07-04" }, { name: "Migraine" }],
      medications: [{ frequency: "twice daily" }, { name: "Acetylsalicylic acid 75 mg" }],
      stated: { allergies: "none known" },
    });
  });
});

describe("an entry that denies", () => {
  const section = (code: string, xml: string) =>
    nestBest(
      draftOf(
        readCcda(
          new TextEncoder().encode(ccdaOf([{ code, title: "Section", text: "", entries: [{ id: "", xml }] }])),
          9,
        ),
      ).decisions,
    ) as { stated: Record<string, string>; [list: string]: unknown };
  const denied = (value: string, more = "") =>
    `<act classCode="ACT"><statusCode code="active"/><entryRelationship><observation negationInd="true">${value}${more}</observation></entryRelationship></act>`;
  const substance = (name: string) =>
    `<participant><participantRole><playingEntity><code displayName="${name}"/></playingEntity></participantRole></participant>`;
  const refused = (code: string) =>
    `<substanceAdministration negationInd="true"><statusCode code="completed"/><consumable><manufacturedProduct><manufacturedMaterial>${code}</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>`;

  test("any problem, allergy or vaccine says that none is known", () => {
    const problems = section("11450-4", denied('<value code="55607006" displayName="Problem"/>'));
    expect([problems.stated["problems"], problems["problems"]]).toEqual(["none known", undefined]);
    const allergies = section("48765-2", denied('<value displayName="Propensity to adverse reactions to drug"/>'));
    expect([allergies.stated["allergies"], allergies["allergies"]]).toEqual(["none known", undefined]);
    expect(section("11369-6", refused('<code nullFlavor="OTH"/>')).stated["immunizations"]).toBe("none known");
  });

  test("one thing says nothing of others", () => {
    const latex = section("48765-2", denied('<value displayName="Allergy to substance"/>', substance("Latex")));
    expect([latex.stated["allergies"], latex["allergies"]]).toEqual(["not stated", undefined]);
    expect(section("11450-4", denied('<value displayName="Asthma"/>'))["problems"]).toMatchObject([
      { name: "Asthma", negated: true },
    ]);
    expect(section("11369-6", refused('<code displayName="Tdap"/>'))["immunizations"]).toMatchObject([
      { name: "Tdap", status: "not given" },
    ]);
    expect(section("10160-0", refused('<code displayName="Aspirin"/>'))["medications"]).toMatchObject([
      { name: "Aspirin", status: "stopped" },
    ]);
  });

  test("medications of a discharge are found within their act", () => {
    const given = `<act classCode="ACT"><entryRelationship>${refused('<code displayName="Aspirin"/>').replace(' negationInd="true"', "")}</entryRelationship></act>`;
    expect(section("10183-2", given)["medications"]).toMatchObject([{ name: "Aspirin", status: "completed" }]);
  });
});

describe.each([
  ["tables", summaryOfCare],
  ["letter", dischargeLetter],
])("every record (%s)", (_kind, text) => {
  const { decisions } = draft(text);
  const lines = new Map(
    readText(new TextEncoder().encode(text), 500).pages.flatMap(({ lines: all }) =>
      all.map((line) => [`${line.page}:${line.line}`, line.text]),
    ),
  );

  test("has its facts on the page, word for word", () => {
    for (const { source } of Object.values(decisions))
      for (const span of source) expect(lines.get(`${span.page}:${span.line}`)).toContain(span.text);
  });

  test("waits for a clinician with every fact, and says that it is not a medical device", () => {
    const open = Object.entries(decisions).filter(([path]) => !/^(?:notice|coverage\.)/.test(path));
    expect(open.every(([, decision]) => decision.status === "review")).toBe(true);
    expect(decisions["notice"]?.value).toContain("Not a medical device");
  });

  test("fits the schema", () => {
    const leaves = new Map(leavesOf(Facts, "", false).map((leaf) => [leaf.path, leaf.schema]));
    for (const [path, { value }] of Object.entries(decisions)) {
      const leaf = leaves.get(Array.isArray(value) ? `${path}.*` : schemaPath(path));
      for (const one of Array.isArray(value) ? value : [value])
        expect([path, z.safeParse(leaf as z.ZodType, one).success || one === null]).toEqual([path, true]);
    }
  });

  test("says what became of every line", () => {
    const count = (path: string) => Number(decisions[`coverage.${path}`]?.value);
    const runs = (decisions["coverage.elsewhere"]?.value ?? []) as string[];
    const elsewhere = runs.reduce((sum, run) => {
      const [from = 0, to = from] = (run.split(":")[1] ?? "").split("-").map(Number);
      return sum + to - from + 1;
    }, 0);
    expect(count("inFacts") + count("inSections") + elsewhere).toBe(count("lines"));
    expect(count("lines")).toBe(lines.size);
  });
});
