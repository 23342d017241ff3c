import { lettersOf } from "../../../src/core/index.ts";
import { type Fact, nameOf } from "../fact.ts";
import names from "./vaccines.json" with { type: "json" };

/**
 * Vaccines by their CVX code, as the CDC's code set calls them (public domain): a column of codes names a vaccine
 * more exactly than the words beside it. Pure.
 */

const vaccines: Readonly<Record<string, string>> = names;
/** The code that says that nothing was given. */
const nothingGiven = "998";

/** An immunization under the name of its code, with what its row calls it beside; as it is where the code is not known. */
export function namedByCode(fact: Fact): Fact {
  const code = fact.values["code"];
  const cvx = /^CVX\D+(\d{1,3})$/i.exec(String(code?.value ?? ""))?.[1]?.padStart(2, "0");
  if (!code || cvx === undefined) return fact;
  if (cvx === nothingGiven) {
    return { ...fact, values: { ...fact.values, status: { value: "not given", source: code.source } } };
  }
  const name = vaccines[cvx];
  const printed = nameOf(fact);
  if (name === undefined || lettersOf(name) === lettersOf(printed)) return fact;
  return {
    ...fact,
    values: { ...fact.values, name: { value: name, source: code.source } },
    printed,
    evidence: { ...fact.evidence, "readers.agree": Number(shareWord(name, printed)) },
  };
}

const stem = 4;

/** "Influenza Adult" and "influenza, live" speak of one vaccine; "MMR" and "DTaP" do not. */
function shareWord(a: string, b: string): boolean {
  const stems = (text: string) => text.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? [];
  const own = new Set(stems(a).map((word) => word.slice(0, stem)));
  return stems(b).some((word) => own.has(word.slice(0, stem)));
}
