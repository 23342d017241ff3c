import { describe, expect, test } from "vitest";
import { readText } from "../../../src/document/flow/text.ts";
import { absenceOf } from "./absence.ts";
import { roleOf } from "./columns.ts";
import { dateIn, dateOrderOf } from "./dates.ts";
import { itemsOf, split } from "./items.ts";
import { rowsOf } from "./rows.ts";
import { sectionsOf } from "./sections.ts";
import { textOf } from "./stretch.ts";
import { kindOfTitle } from "./titles.ts";

const read = (...lines: readonly string[]) => readText(new TextEncoder().encode(lines.join("\n")), 20);
const stretch = (text: string) => {
  const line = read(text).pages[0]?.lines[0];
  if (!line) throw new Error("no line");
  return { line, start: 0, end: line.text.length };
};

describe("titles of sections", () => {
  test.each([
    ["Allergies, Adverse Reactions, Alerts", "allergies"],
    ["ALLERGIES AND INTOLERANCES", "allergies"],
    ["Drug Allergies", "allergies"],
    ["Current Medications", "medications"],
    ["Medications on Admission", "medications"],
    ["Home Meds", "medications"],
    ["Medications Administered", "administered"],
    ["Active Problems", "problems"],
    ["Problem List", "problems"],
    ["Past Medical History", "pastHistory"],
    ["PMH", "pastHistory"],
    ["Past Surgical History", "procedures"],
    ["Discharge Diagnoses", "diagnoses"],
    ["Pre-operative Diagnosis", "diagnoses"],
    ["History of Present Illness", "narrative"],
    ["Immunization History", "immunizations"],
    ["Laboratory Data", "results"],
    ["Vital Signs", "vitals"],
    ["Family History", "familyHistory"],
    ["Social History", "social"],
    ["Plan of Care", "followUp"],
    ["Follow-up", "followUp"],
    ["Planned Procedure", "followUp"],
    ["Review of Systems", "examination"],
    ["Chief Complaint", "reason"],
    ["Date of surgery", null],
    ["The medications made him dizzy", null],
    ["", null],
  ])("%s → %s", (title, kind) => expect(kindOfTitle(title)).toBe(kind));
});

describe("sections", () => {
  const kinds = (...lines: readonly string[]) => sectionsOf(read(...lines)).map(({ title, kind }) => [title, kind]);

  test("begin at Markdown headings where there are any", () => {
    expect(kinds("# Record", "## Allergies", "MEDICATIONS", "## Notes")).toEqual([
      ["", null],
      ["Record", null],
      ["Allergies", "allergies"],
      ["Notes", "narrative"],
    ]);
  });

  test("begin at titles in capitals, and at titles with text beside them", () => {
    const text = read("HISTORY OF PRESENT ILLNESS", "He fell.", "Allergies: penicillin", "Current medications:", "- a");
    expect(sectionsOf(text).map(({ kind, body }) => [kind, body.map(textOf)])).toEqual([
      [null, []],
      ["narrative", ["He fell."]],
      ["allergies", ["penicillin"]],
      ["medications", ["- a"]],
    ]);
  });

  test("begin in the middle of a line where a dictation runs on", () => {
    const text = read("REASON: Cough.,ALLERGIES: ,Penicillin.,NECK: Supple.,MEDICATIONS:,1. Aspirin.,2. Insulin.");
    expect(sectionsOf(text).map(({ title, kind, body }) => [title, kind, body.map(textOf)])).toEqual([
      ["", null, []],
      ["REASON", "reason", ["Cough.,"]],
      ["ALLERGIES", "allergies", ["Penicillin.,"]],
      ["NECK", null, ["Supple.,"]],
      ["MEDICATIONS", "medications", ["1. Aspirin.,2. Insulin."]],
    ]);
  });

  test("do not begin at entries of a list, at sentences, or at labels", () => {
    expect(kinds("MEDICATIONS:", "METFORMIN", "ASPIRIN 81 MG", "ALLERGIES:", "PENICILLIN")).toEqual([
      ["", null],
      ["MEDICATIONS", "medications"],
      ["ALLERGIES", "allergies"],
    ]);
    expect(kinds("Assessment", "Plan was discussed with the patient", "He said: I am tired.")).toHaveLength(2);
  });
});

describe("rows of tables", () => {
  const rows = (...lines: readonly string[]) => {
    const [section] = sectionsOf(read(...lines)).slice(-1);
    if (!section) throw new Error("no section");
    const found = rowsOf(section);
    return { rows: found.rows.map(({ cells }) => cells.map(({ text }) => text)), loose: found.loose.map(textOf) };
  };

  test("stand between bars, drawn or not", () => {
    expect(rows("# Problems", "Problem | Status", "Asthma | Active").rows).toEqual([["Asthma", "Active"]]);
    expect(rows("# Problems", "| Problem | Status |", "| --- | --- |", "| Asthma | Active |").rows).toContainEqual([
      "Asthma",
      "Active",
    ]);
    expect(rows("# Problems", "Group | Problem | Status", " | Asthma | Active").rows).toEqual([
      ["", "Asthma", "Active"],
    ]);
  });

  test("stand below their columns where blanks part them", () => {
    expect(
      rows(
        "# Medications",
        "Medication     Dose    Status",
        "Metformin      500 mg  Active",
        "Aspirin                Active",
      ).rows,
    ).toEqual([
      ["Metformin", "500 mg", "Active"],
      ["Aspirin", "", "Active"],
    ]);
  });

  test("go on below a cell that reaches down", () => {
    expect(rows("# Vitals", "Date | Test | Result", "3-Jan-2013 | Height | 64 in", "Weight | 162 lb").rows[1]).toEqual([
      "",
      "Weight",
      "162 lb",
    ]);
  });

  test("are none where the words are prose", () => {
    expect(rows("# Problems", "He is well.", "He sleeps well.")).toEqual({
      rows: [],
      loose: ["He is well.", "He sleeps well."],
    });
  });

  test.each([
    ["Code Description", "name"],
    ["Medication", "name"],
    ["Problem Status", "status"],
    ["Start Date", "date"],
    ["Expiration Date", "end"],
    ["Directions", "frequency"],
    ["ProductStrength", "dose"],
    ["Reference Range", "range"],
    ["BP-Sys(mm[Hg])", "value"],
    ["Asthma", null],
  ])("a column %s holds %s", (title, role) => expect(roleOf(title)).toBe(role));
});

describe("what says that there is nothing", () => {
  test.each([
    ["No known allergies", "none known"],
    ["NKDA", "none known"],
    ["No Known Drug Allergies.", "none known"],
    ["None", "none known"],
    ["Denies any allergies", "none known"],
    ["Patient is not taking any medications", "none known"],
    ["No current problems", "none known"],
    ["No significant past medical history", "none known"],
    ["No Known Procedures", "none known"],
    ["No information about allergies", "not stated"],
    ["No Information Available", "not stated"],
    ["Not documented", "not stated"],
    ["Not available.", "not stated"],
    ["Unknown", "not stated"],
    ["No data", "not stated"],
    ["No problem data is applicable", "not stated"],
    ["Unable to obtain due to mental status", "not stated"],
    ["See HPI", "not stated"],
    ["Penicillin", null],
    ["No seafood", null],
    ["Allergic rhinitis", null],
    ["Medication overuse headache", null],
    ["Nonepileptic seizures", null],
    ["Drug allergy to sulfa", null],
  ])("%s → %s", (text, absence) => expect(absenceOf(text)).toBe(absence));
});

describe("dates", () => {
  test.each([
    ["19471010", "1947-10-10"],
    ["19370214120000", "1937-02-14"],
    ["20120815101500+0500", "2012-08-15"],
    ["2012-08-15", "2012-08-15"],
    ["08/15/2012", "2012-08-15"],
    ["15/08/2012", "2012-08-15"],
    ["15-Aug-2010", "2010-08-15"],
    ["11-July-2013", "2013-07-11"],
    ["Aug 05, 2012", "2012-08-05"],
    ["21 June 1946", "1946-06-21"],
    ["March 1998", "1998-03"],
    ["06/2014", "2014-06"],
    ["since 1997", "1997"],
    ["2012-02-30", null],
    ["500 mg", null],
    ["2000 mg", null],
    ["120/80", null],
  ])("%s → %s", (text, value) => expect(dateIn(text, "month")?.value ?? null).toBe(value));

  test("an unmistakable date of the record decides which number is the month", () => {
    expect(dateOrderOf(["25/12/2012", "03/04/2012"])).toBe("day");
    expect(dateOrderOf(["12/25/2012", "03/04/2012"])).toBe("month");
    expect(dateIn("03/04/2012", "day")?.value).toBe("2012-04-03");
  });
});

describe("entries of a line", () => {
  test.each([
    [
      "Atrial fibrillation, type 2 diabetes, and prior stroke.",
      ["Atrial fibrillation", "type 2 diabetes", "prior stroke"],
    ],
    ["Conduction disorder, unspecified, gout", ["Conduction disorder, unspecified", "gout"]],
    [
      "Fracture of femur, left, closed, with delayed healing",
      ["Fracture of femur, left, closed, with delayed healing"],
    ],
    ["metformin 500 mg, twice daily, aspirin 81 mg daily", ["metformin 500 mg, twice daily", "aspirin 81 mg daily"]],
    ["1. Aspirin.,2. Insulin.", ["Aspirin", "Insulin"]],
    ["penicillin (rash, hives), sulfa", ["penicillin (rash, hives)", "sulfa"]],
  ])("%s", (text, parts) => expect(split(stretch(text), "commas").map(textOf)).toEqual(parts));

  test("an item goes on in indented lines below it", () => {
    const [section] = sectionsOf(read("# Plan", "- see cardiology", "  in two weeks", "- rest"));
    expect(section).toBeDefined();
    const loose = read("- see cardiology", "  in two weeks", "- rest").pages[0]?.lines ?? [];
    const items = itemsOf(loose.map((line) => ({ line, start: 0, end: line.text.length })));
    expect(items.map(({ stretch: at, more }) => [textOf(at), more.map(textOf)])).toEqual([
      ["see cardiology", ["in two weeks"]],
      ["rest", []],
    ]);
  });
});
