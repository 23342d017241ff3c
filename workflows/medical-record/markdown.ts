import type { Delivery } from "weir";
import { type Delivered, type DeliveredFact, deliveredOf, placesOf } from "./delivered.ts";
import { nameKey, nameOf } from "./fact.ts";
import { type ListName, lists } from "./schema.ts";

/** The reviewed record for people: every statement with the lines it came from. Pure. */

const titles: Readonly<Record<ListName, string>> = {
  problems: "Problems",
  diagnoses: "Diagnoses",
  pastHistory: "Past medical history",
  allergies: "Allergies",
  medications: "Medications",
  immunizations: "Immunizations",
  procedures: "Procedures",
  results: "Results",
  vitals: "Vital signs",
  familyHistory: "Family history",
  followUp: "Follow-up",
};

export function markdownOf(delivery: Delivery): string {
  const record = deliveredOf(delivery);
  const { name, birthDate, sex } = record.patient;
  return `${[
    `# ${escaped(name ?? "Patient not named")}`,
    `Born ${birthDate ?? "not stated"}, sex ${sex ?? "not stated"}. From ${escaped(delivery.document.name)}.`,
    `> ${record.notice}`,
    ...record.summary.map(({ title, sentences }) =>
      [`## ${escaped(title)}`, ...sentences.map(({ text, source }) => `- ${escaped(text)} ${placesOf(source)}`)].join(
        "\n",
      ),
    ),
    ...lists.map((list) => listOf(list, record)),
    ...(record.elsewhere.length === 0
      ? []
      : [`Lines in no known section and no fact: ${record.elsewhere.join(", ")}.`]),
  ].join("\n\n")}\n`;
}

function listOf(list: ListName, { facts, stated }: Delivered): string {
  const own = facts.filter((fact) => fact.list === list);
  const none = stated[list] === "none known" ? "None known." : "Not stated.";
  return [`## ${titles[list]}`, ...(own.length === 0 ? [none] : own.map(itemOf))].join("\n");
}

function itemOf(fact: DeliveredFact): string {
  const { values, list, source } = fact;
  const denied = values["negated"]?.value === true ? "no " : "";
  const unsure = values["uncertain"]?.value === true ? " (uncertain)" : "";
  const more = Object.entries(values)
    .filter(([key]) => key !== nameKey[list] && key !== "negated" && key !== "uncertain")
    .map(([key, { value }]) => `${key} ${String(value)}`);
  return `- ${denied}**${escaped(nameOf(fact))}**${unsure}${more.length === 0 ? "" : `: ${escaped(more.join(", "))}`} ${placesOf(source)}`;
}

const escaped = (text: string) => text.replaceAll(/[\\`*_<>[\]#|]/g, String.raw`\$&`);
