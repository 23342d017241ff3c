import { describe, expect, test } from "vitest";
import { alignmentMin, alignmentOf, supportOf } from "./index.ts";

const visit = [
  "[doctor] okay any chest pain or fever ?",
  "[patient] no",
  "[doctor] you're taking lisinopril twenty milligrams daily and your left knee is swollen for three weeks",
  "[patient] my mother had breast cancer but i do n't have any lumps",
];

const kinds = (sentence: string) => supportOf(sentence, visit).problems.map(({ kind }) => kind);

describe("what the lines say is supported", () => {
  test.each([
    "Any chest pain or fever? No.",
    "The patient denies chest pain.",
    "Takes lisinopril 20 mg daily.",
    "Left knee swollen for 3 weeks.",
    "Mother had breast cancer.",
    "No lumps.",
  ])("%s", (sentence) => {
    expect(kinds(sentence)).toEqual([]);
    expect(supportOf(sentence, visit).score).toBeGreaterThan(0.8);
  });
});

describe("what the lines do not say is named", () => {
  test.each([
    ["Takes lisinopril 40 mg daily.", "number"],
    ["Takes lisinopril 20 mcg daily.", "unit"],
    ["Left knee swollen for 3 months.", "unit"],
    ["Takes losartan 20 mg daily.", "name"],
    ["The patient has chest pain.", "negation"],
    ["The patient has lumps.", "negation"],
    ["Right knee is swollen.", "laterality"],
    ["The patient had breast cancer.", "subject"],
    ["Walks the dog in the park every morning.", "words"],
  ])("%s", (sentence, kind) => {
    expect(kinds(sentence)).toContain(kind);
  });
});

describe("the second method stands on its own", () => {
  test.each([
    "Takes lisinopril twenty milligrams daily.",
    "Left knee is swollen for three weeks.",
    "Mother had breast cancer.",
  ])("finds: %s", (sentence) => expect(alignmentOf(sentence, visit)).toBeGreaterThanOrEqual(alignmentMin));

  test.each([
    "Takes lisinopril 40 milligrams daily.",
    "Right knee is swollen for three weeks.",
    "Sees a cardiologist about palpitations.",
  ])("misses: %s", (sentence) => expect(alignmentOf(sentence, visit)).toBeLessThan(alignmentMin));
});
