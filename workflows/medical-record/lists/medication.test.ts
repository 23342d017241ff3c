import { expect, test } from "vitest";
import { readText } from "../../../src/document/flow/text.ts";
import { textOf } from "../lines/stretch.ts";
import { medicationOf, withoutCodes } from "./medication.ts";

function words(text: string) {
  const line = readText(new TextEncoder().encode(text), 1).pages[0]?.lines[0];
  if (!line) throw new Error("no line");
  const { name, dose, frequency } = medicationOf({ line, start: 0, end: line.text.length });
  return [textOf(name), dose && textOf(dose), frequency && textOf(frequency)];
}

test.each<readonly [text: string, name: string, dose: string | null, frequency: string | null]>([
  ["Lisinopril 10 MG Oral Tablet", "Lisinopril 10 MG Oral Tablet", "10 MG", null],
  ["Metformin 500 mg PO BID", "Metformin 500 mg", "500 mg", "BID"],
  ["Warfarin 5 mg tablet take 1 tablet every evening", "Warfarin 5 mg tablet", "1 tablet", "every evening"],
  [
    "Amoxicillin 500 MG / Clavulanate 125 MG Oral Tablet",
    "Amoxicillin 500 MG / Clavulanate 125 MG Oral Tablet",
    "500 MG",
    null,
  ],
  ["Cefazolin 20 MG/ML 1 GM IV Q8H", "Cefazolin 20 MG/ML", "1 GM", "Q8H"],
  [
    "Salbutamol inhaler TWO PUFFS every 4 to 6 hours as needed",
    "Salbutamol inhaler",
    "TWO PUFFS",
    "every 4 to 6 hours as needed",
  ],
  ["Budesonide suspensionINHALE 2 puffs twice a day", "Budesonide suspension", "2 puffs", "twice a day"],
  ["Atorvastatin 20 mg at bedtime", "Atorvastatin 20 mg", "20 mg", "at bedtime"],
  ["Insulin glargine 20 units nightly", "Insulin glargine", "20 units", "nightly"],
  ["Vitamin D 1000 IU once daily", "Vitamin D 1000 IU", "1000 IU", "once daily"],
  ["Carvedilol 12.5 mg a day", "Carvedilol 12.5 mg", "12.5 mg", "a day"],
  ["Doxycycline 100 mg #14 1 BID", "Doxycycline 100 mg", "100 mg", "BID"],
  ["Aspirin", "Aspirin", null, null],
])("%s", (text, name, dose, frequency) => expect(words(text)).toEqual([name, dose, frequency]));

test.each([
  ["Asthma (493.90, J45.909)", "Asthma"],
  ["Hypothyroidism, [40930008]", "Hypothyroidism"],
  ["Simvastatin 20 mg, [RxNorm: 312961]", "Simvastatin 20 mg"],
  ["Bronchitis (32398004 SNOMED CT)", "Bronchitis"],
  ["Vitamin B (complex)", "Vitamin B (complex)"],
  ["Td (adult)", "Td (adult)"],
])("a code in brackets is no part of the name: %s", (text, name) => expect(withoutCodes(text)).toBe(name));
