import { expect, test } from "vitest";
import { readText } from "../../../src/document/flow/text.ts";
import { nameOf } from "../fact.ts";
import { factsOfProse } from "./prose.ts";

function facts(text: string) {
  const line = readText(new TextEncoder().encode(text), 1).pages[0]?.lines[0];
  if (!line) throw new Error("no line");
  return factsOfProse({ line, start: 0, end: line.text.length });
}

test.each<readonly [text: string, found: readonly string[]]>([
  [
    "[doctor] she has a past medical history significant for gout , depression and asthma who presents for a visit .",
    ["problems gout", "problems depression", "problems asthma"],
  ],
  ["He was diagnosed with celiac disease in 2012.", ["problems celiac disease"]],
  ["She has a history of your hay fever.", ["problems hay fever"]],
  ["There is a family history of colon cancer.", ["familyHistory colon cancer"]],
  ["[patient] i am allergic to latex and penicillin .", ["allergies latex", "allergies penicillin"]],
  ["Take lisinopril 20 milligrams daily.", ["medications lisinopril"]],
  ["He weighs about 90 units of something.", []],
  ["[doctor] do you have a history of kidney stones ?", []],
  ["She is not allergic to anything.", []],
  ["It was a nice day and she told a long story.", []],
])("%s", (text, found) => expect(facts(text).map((fact) => `${fact.list} ${nameOf(fact)}`)).toEqual(found));

test("what is told keeps who has it, whether, and how it is taken", () => {
  expect(facts("He denies a history of stroke.")[0]?.values["negated"]?.value).toBe(true);
  expect(facts("His mother has a history of stroke.")[0]).toMatchObject({
    list: "familyHistory",
    values: { relative: { value: "mother" } },
  });
  expect(facts("We will increase carvedilol 25 mg twice a day.")[0]?.values).toMatchObject({
    dose: { value: "25 mg" },
    frequency: { value: "twice a day" },
  });
});
