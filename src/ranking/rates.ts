import { amountConcept } from "./concepts.ts";
import type { Survey } from "./survey.ts";

/** Rates that are tried, at most. */
const ratesMax = 12;

/** Tax rates printed on the page, in percent. */
export function ratesOf(survey: Survey): readonly string[] {
  const rates = survey
    .candidates("number")
    .filter((one) => one.traits.includes("percent") && !one.value.startsWith("-"));
  return [...new Set(rates.map((one) => one.value))].slice(0, ratesMax);
}

/** Amounts other than zero that are called a rounding. */
export function roundingsOf(survey: Survey): readonly string[] {
  return survey
    .candidates("money")
    .filter((one) => isSmall(one.value) && amountConcept(survey.context(one).left.meaning) === "rounding")
    .map((one) => one.value);
}

/** Rounding takes less than a unit; what is more is the rounded sum. */
function isSmall(value: string): boolean {
  return Number(value) !== 0 && Math.abs(Number(value)) < 1;
}
