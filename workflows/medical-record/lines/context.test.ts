import { describe, expect, test } from "vitest";
import { contextOf } from "./context.ts";

/** The finding stands between bars. */
function context(marked: string) {
  const start = marked.indexOf("|");
  const end = marked.indexOf("|", start + 1) - 1;
  return contextOf(marked.replaceAll("|", ""), start, end);
}

describe("negation", () => {
  test.each([
    "No |fever|.",
    "He denies |chest pain|.",
    "She denied any |shortness of breath| or cough.",
    "Without evidence of |pneumonia|.",
    "There is no evidence of |metastatic disease|.",
    "Negative for |influenza|.",
    "He has never had |seizures|.",
    "She does not have |diabetes|.",
    "No history of |stroke|.",
    "She did not report a history of |psychiatric treatment|.",
    "He didn't report |chest pain|.",
    "No fever, chills or |night sweats|.",
    "|Pulmonary embolism| was ruled out.",
    "|Edema| is absent.",
    "|Appendicitis| is unlikely.",
    "Absence of |bleeding|.",
    "The CT did not reveal |fractures|.",
    "Patient free of |pain|.",
    "Neither |nausea| nor vomiting.",
    "He hasn't had |hypoglycemia|.",
  ])("%s", (text) => expect(context(text).negated).toBe(true));

  test.each([
    "Known |hypertension|.",
    "No fever, but he has a |cough|.",
    "Denies chest pain; reports |palpitations|.",
    "No change in |tremor|.",
    "No increase in |swelling|.",
    "Gram-negative |sepsis|.",
    "Cannot exclude |pneumonia|.",
    "Not only |asthma| but also COPD.",
    "He denies smoking. He has |emphysema|.",
    "No longer smoking because of |COPD|.",
    "She has |anemia| without complications.",
    "No headache, although |dizziness| persists.",
  ])("not in: %s", (text) => expect(context(text).negated).toBe(false));
});

describe("uncertainty", () => {
  test.each([
    "Possible |pneumonia|.",
    "Probable |gout|.",
    "Suspected |deep vein thrombosis|.",
    "Concern for |sepsis|.",
    "Rule out |myocardial infarction|.",
    "r/o |TIA|",
    "?|appendicitis|",
    "Findings may represent |malignancy|.",
    "Cannot exclude |fracture|.",
    "|Lupus| is suspected.",
    "Differential includes |sarcoidosis|.",
    "Screening for |depression|.",
    "Likely |viral syndrome|.",
    "At risk for |falls|.",
  ])("%s", (text) => expect(context(text).uncertain).toBe(true));

  test.each(["Confirmed |pneumonia|.", "Possible UTI. Known |gout|.", "Unlikely; but |asthma| is known."])(
    "not in: %s",
    (text) => expect(context(text).uncertain).toBe(false),
  );
});

describe("whose it is", () => {
  test.each([
    ["Mother had |breast cancer|.", "mother"],
    ["Family history of |diabetes|.", "family"],
    ["His father died of |heart disease|.", "father"],
    ["Maternal grandmother with |dementia|.", "grandmother"],
    ["Her brother and sister have |asthma|.", "sister"],
    ["The patient has |asthma|.", null],
    ["Her mother is well. She has |asthma|.", null],
    ["Her daughter says she has |memory loss|.", null],
  ])("%s → %s", (text, relative) => expect(context(text).relative?.replace(/^.*\s/, "") ?? null).toBe(relative));
});

describe("past and present", () => {
  test.each([
    "History of |stroke|.",
    "Past medical history significant for |gout|.",
    "Status post |appendectomy|.",
    "s/p |CABG|",
    "Prior |DVT|.",
    "|Pneumonia| two years ago.",
    "Childhood |asthma|.",
  ])("past: %s", (text) => expect(context(text).historical).toBe(true));

  test.each(["Acute |stroke|.", "Presents with |cough|.", "History of gout; presents with |chest pain|."])(
    "present: %s",
    (text) => expect(context(text).historical).toBe(false),
  );

  test.each(["|Cellulitis|, resolved.", "Resolved |pneumonia|.", "|Lymphoma| in remission."])("over: %s", (text) =>
    expect(context(text).resolved).toBe(true),
  );
});

describe("side", () => {
  test.each([
    ["|Left knee pain|", "left"],
    ["|Fracture| of the right wrist", "right"],
    ["|Bilateral edema|", "bilateral"],
    ["|Cataracts| in both eyes", "bilateral"],
    ["|Hearing loss|", null],
    ["|Left and right arm weakness|", null],
  ])("%s → %s", (text, side) => expect(context(text).laterality).toBe(side));
});
