import { expect, test } from "vitest";
import { isStated, quantitiesOf } from "./numbers.ts";

test.each([
  ["twenty milligrams", "20", "mg"],
  ["20mg", "20", "mg"],
  ["a hundred and four", "104", null],
  ["five hundred milligrams", "500", "mg"],
  ["one thirty two over eighty", "132", null],
  ["seventy six years old", "76", "year"],
  ["132/80", "80", null],
  ["1,000 mg", "1000", "mg"],
  ["nineteen ninety nine", "1999", null],
])("%s can mean %s", (text, value, unit) => {
  const [first] = quantitiesOf(text);
  expect(first?.values.has(value)).toBe(true);
  expect(first?.unit).toBe(unit);
});

test("a word that only looks like a number is none", () => {
  expect(quantitiesOf("no one knows, the other one does")).toEqual([]);
});

test("a number with another unit is not the same", () => {
  const [dose] = quantitiesOf("20 mg");
  if (!dose) throw new Error("no dose");
  expect(isStated(dose, quantitiesOf("twenty milligrams"))).toBe("yes");
  expect(isStated(dose, quantitiesOf("20 mcg"))).toBe("other unit");
  expect(isStated(dose, quantitiesOf("40 mg"))).toBe("no");
});
