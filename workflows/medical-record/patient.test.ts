import { expect, test } from "vitest";
import { readText } from "../../src/document/flow/text.ts";
import { patientOf } from "./patient.ts";

const patient = (line: string) => {
  const { name, birthDate, sex } = patientOf(readText(new TextEncoder().encode(line), 5), "month");
  return [name?.value ?? null, birthDate?.value ?? null, sex?.value ?? null];
};

test.each([
  ["Patient: Ada Quill, female, born 1950-02-03", ["Ada Quill", "1950-02-03", "female"]],
  ["Patient: Quill, Ada F., 62 y, M", ["Quill, Ada F", null, null]],
  ["Patient name: Quill, Ada M. DOB: 02/03/1950 Sex: F", ["Quill, Ada M", "1950-02-03", "female"]],
  ["Patient: Noel Marsh (m), MRN 7", ["Noel Marsh", null, "male"]],
])("of one line: %s", (line, told) => {
  expect(patient(line)).toEqual(told);
});
