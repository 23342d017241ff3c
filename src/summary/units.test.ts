import { expect, test } from "vitest";
import { wordsOf } from "./tokens.ts";
import { sentenceOf, unitsOf } from "./units.ts";

const visit = [
  "[doctor] hi , so , um , how are you ?",
  "[patient] i 'm okay . i , i 've had a cough for uh two weeks and i ca n't sleep , you know .",
  "[doctor] okay . any fever or chills ?",
  "[patient] no , but my mother had asthma .",
  "[doctor] all right . on your lung exam , there is some wheezing on the right side , okay ?",
  "[patient] no headaches .",
  "[doctor] i wan na go ahead and start you on albuterol two puffs every six hours . if it gets worse , i want you to call me .",
].map((text) => ({ text }));

const sentences = (lines: readonly { readonly text: string }[]) => unitsOf(lines).units.map((unit) => sentenceOf(unit));

test("every word of a sentence stands in its lines, in that order", () => {
  for (const unit of unitsOf(visit).units) {
    const lines = [...new Set(unit.tokens.map(({ line }) => line))].toSorted((a, b) => a - b);
    const said = wordsOf(lines.map((line) => visit[line]?.text ?? "").join(" "));
    let from = 0;
    for (const word of wordsOf(sentenceOf(unit))) {
      const at = said.indexOf(word, from);
      expect({ word, at }).toEqual({ word, at: Math.max(at, from) });
      from = at + 1;
    }
  }
});

test("fillers, stutters and the patient as subject go, facts stay", () => {
  expect(sentences(visit)).toContain("Patient: Had a cough for two weeks.");
  expect(sentences(visit)).toContain("Start you on albuterol two puffs every six hours.");
});

test("a question says something only together with its answer", () => {
  expect(sentences(visit)).toContain("Any fever or chills? No.");
  const asked = sentences([
    { text: "[doctor] do you have any pain ?" },
    { text: "[patient] hello there my dear friend how is it going today ." },
  ]);
  expect(asked.some((sentence) => sentence.includes("any pain"))).toBe(false);
});

test("an answer's no is not taken for part of what is said next, and a denial keeps its own", () => {
  expect(sentences(visit)).toContain("Patient: Mother had asthma.");
  expect(sentences(visit)).toContain("Patient: No headaches.");
  expect(sentences(visit)).toContain("Patient: Can't sleep.");
});

test("a condition stays with what holds only under it", () => {
  const worse = sentences(visit).find((sentence) => sentence.includes("gets worse"));
  expect(worse).toContain("call me");
});

test("transcripts without a full stop fall into clauses all the same", () => {
  const spoken = [
    "[doctor] okay well your blood pressure is a little high today and i'm gon na order a lipid panel okay so we'll see you in two weeks",
    "[patient] okay",
  ].map((text) => ({ text }));
  expect(sentences(spoken)).toEqual(
    expect.arrayContaining(["Blood pressure is a little high today.", "Order a lipid panel."]),
  );
});

test("a written record is taken as it is, by its headings", () => {
  const record = [
    "MEDICATIONS:",
    "- Lisinopril 20 mg daily",
    "- Aspirin 81 mg",
    "ASSESSMENT",
    "Stable angina, well",
    "controlled.",
  ].map((text) => ({ text }));
  expect(unitsOf(record).units.map((unit) => [unit.heading, sentenceOf(unit)])).toEqual([
    ["Medications", "Lisinopril 20 mg daily."],
    ["Medications", "Aspirin 81 mg."],
    ["Assessment", "Stable angina, well controlled."],
  ]);
});

test("a letter that names its patient, its doctor and a reason is no conversation, and keeps its headings apart", () => {
  const letter = [
    "Patient: Tobias Ferrant",
    "Patient Name: Tobias Ferrant",
    "Physician: Dr. Lang",
    "REASON FOR ADMISSION: Shortness of breath.",
    "PAST MEDICAL HISTORY:",
    "FAMILY HISTORY: Father had gout.",
    "Social History",
    "Never smoked tobacco.",
    "DISCHARGE DIAGNOSES:",
    "1. Acute heart failure",
    "2. Possible pneumonia",
  ].map((text) => ({ text }));
  expect(unitsOf(letter).units.map((unit) => [unit.heading, sentenceOf(unit)])).toEqual([
    [null, "Patient: Tobias Ferrant."],
    [null, "Patient Name: Tobias Ferrant."],
    [null, "Physician: Dr. Lang."],
    ["Reason for admission", "Shortness of breath."],
    ["Family history", "Father had gout."],
    ["Social History", "Never smoked tobacco."],
    ["Discharge diagnoses", "Acute heart failure."],
    ["Discharge diagnoses", "Possible pneumonia."],
  ]);
});

test("rows of a table are sentences of their own, with commas between cells that hold something", () => {
  const table = ["RESULTS:", " | | ", "2 Oct 2012 | HGB | 12.4 g/dl |", " | WBC | 19.1 |  | high"].map((text) => ({
    text,
  }));
  expect(sentences(table)).toEqual(["2 Oct 2012, HGB, 12.4 g/dl.", "WBC, 19.1, high."]);
});

test("a dictation run together on one line is cut at its titles and numbers, and its sentences stay whole", () => {
  const line =
    "PREOPERATIVE DIAGNOSES:,1.  Gout.,2.  Left knee pain.,INDICATIONS:, The patient has diabetes and has been on dialysis.,ALLERGIES: None known.";
  expect(unitsOf([{ text: line }]).units.map((unit) => [unit.heading, sentenceOf(unit)])).toEqual([
    ["Preoperative diagnoses", "Gout."],
    ["Preoperative diagnoses", "Left knee pain."],
    ["Indications", "The patient has diabetes and has been on dialysis."],
    ["Allergies", "None known."],
  ]);
});
