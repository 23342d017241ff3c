import { countrySpecs, isValidIBAN } from "ibantools";
import { expect, test } from "vitest";
import { disguise } from "./disguise.ts";
import { findPersonal } from "./detect.ts";

const letter = [
  "Dr. Ottilie Zwackelmann, Kräuterweg 14b, 50823 Köln",
  "Tel. +49 221 5554321, ottilie@zwackelmann.example",
  "IBAN DE89 3704 0044 0532 0130 00, Karte 4111 1111 1111 1111",
  "USt-IdNr. DE136695976, Versicherung Nr. KV-998877",
  "geboren am 14.02.1961, Rechnung vom 03.04.2024",
  "Total 1.234,50 EUR inkl. 19 % MwSt, fällig in 30 Tagen",
];

test("what identifies somebody is hidden, what the matter is about stays", () => {
  const { hide } = disguise(letter, "seed");
  const shown = letter.map((line) => hide(line)).join("\n");
  for (const secret of ["Ottilie", "Zwackelmann", "Kräuterweg", "14b", "50823", "5554321", "ottilie", "zwackelmann"]) {
    expect(shown).not.toContain(secret);
  }
  for (const secret of ["3704", "4111 1111", "136695976", "998877", "14.02.1961"]) expect(shown).not.toContain(secret);
  for (const kept of ["Dr.", "Tel.", "IBAN DE", "Karte", "1.234,50 EUR", "19 %", "30", "Rechnung vom"]) {
    expect(shown).toContain(kept);
  }
});

test("stand-ins keep form and check digits", () => {
  const { hide } = disguise(letter, "seed");
  const iban = /IBAN ([A-Z]{2}[\d ]+)/.exec(hide(letter[2] ?? ""))?.[1]?.trim() ?? "";
  expect(iban).toMatch(/^DE\d{2} \d{4} \d{4} \d{4} \d{4} \d{2}$/);
  expect(countrySpecs["DE"] && isValidIBAN(iban.replaceAll(" ", ""))).toBe(true);
  const card = /Karte ([\d ]+)/.exec(hide(letter[2] ?? ""))?.[1]?.trim() ?? "";
  expect(card).toMatch(/^\d{4} \d{4} \d{4} \d{4}$/);
  expect(luhn(card)).toBe(0);
  expect(hide(letter[0] ?? "")).toMatch(
    /^Dr\. \p{Lu}\p{Ll}{6} \p{Lu}\p{Ll}{10}, \p{Lu}\p{Ll}{9} \d\d\p{Ll}, \d{5} \p{Lu}\p{Ll}{3}$/u,
  );
});

test("the same original has the same stand-in, and all come back", () => {
  const { hide, reveal } = disguise([...letter, "Ottilie Zwackelmann grüßt"], "seed");
  const [, name = ""] = /^Dr\. (\S+ \S+),/.exec(hide(letter[0] ?? "")) ?? [];
  expect(hide("Ottilie Zwackelmann grüßt")).toBe(`${name} grüßt`);
  for (const line of letter) expect(reveal(hide(line))).toBe(line);
});

test("another seed gives other stand-ins", () => {
  const shown = (seed: string) => disguise(letter, seed).hide(letter[0] ?? "");
  expect(shown("one")).not.toBe(shown("two"));
  expect(shown("one")).toBe(shown("one"));
});

test("a word that stands in lower case elsewhere is a word, behind a courtesy it is a name", () => {
  const found = findPersonal(["Gutachten liegt bei", "das gutachten", "Herr Gutachten"]);
  expect(found.map((one) => one.length)).toEqual([0, 0, 1]);
});

test("amounts, shares and times are nobody's", () => {
  const { hide } = disguise(["SUM 1,234.50 12.5% 10:45 2024 QTY 3"], "seed");
  expect(hide("SUM 1,234.50 12.5% 10:45 2024 QTY 3")).toContain("1,234.50 12.5% 10:45 2024 QTY 3");
});

function luhn(text: string): number {
  const digits = [...text.replaceAll(/\D/g, "")].map(Number).toReversed();
  return digits.reduce((sum, digit, at) => sum + (at % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0) % 10;
}
