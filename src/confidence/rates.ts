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
