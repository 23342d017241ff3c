import { type Absence, absenceOf } from "../lines/absence.ts";
import { type DateOrder } from "../lines/dates.ts";
import { type Rows, rowsOf } from "../lines/rows.ts";
import { textOf } from "../lines/stretch.ts";
import type { Section } from "../lines/sections.ts";
import type { SectionKind } from "../lines/titles.ts";
import { type Fact, nameOf } from "../fact.ts";
import type { ListName } from "../schema.ts";
import { factsOfLoose } from "./loose.ts";
import { factsOfProse } from "./prose.ts";
import { type RowContext, factsOfRow } from "./rows.ts";

/** Sections → the facts of their lists, and what they say where there are none. Pure. */

const listOf: Readonly<Partial<Record<SectionKind, ListName>>> = {
  problems: "problems",
  diagnoses: "diagnoses",
  pastHistory: "pastHistory",
  medications: "medications",
  allergies: "allergies",
  immunizations: "immunizations",
  procedures: "procedures",
  results: "results",
  vitals: "vitals",
  familyHistory: "familyHistory",
  followUp: "followUp",
};

/** Sections that tell a story; so does what stands under no title that records use. */
const telling: ReadonlySet<SectionKind | null> = new Set<SectionKind | null>(["narrative", "reason", null]);

export interface Said {
  readonly list: ListName;
  readonly absence: Exclude<Absence, null>;
  readonly words: string;
  readonly section: Section;
}

export interface Listed {
  readonly facts: readonly Fact[];
  /** Where a section says that there is nothing, or that it says nothing. */
  readonly absences: readonly Said[];
}

export function listedIn(sections: readonly Section[], order: DateOrder): Listed {
  const listed = sections.map((section) => factsOf(section, order));
  return { facts: listed.flatMap(({ facts }) => facts), absences: listed.flatMap(({ absences }) => absences) };
}

function factsOf(section: Section, order: DateOrder): Listed {
  const list = section.kind && listOf[section.kind];
  if (!list) return { facts: telling.has(section.kind) ? section.body.flatMap(factsOfProse) : [], absences: [] };
  const context: RowContext = { list, order, title: section.title };
  const rows = rowsOf(section);
  const facts = [
    ...rows.rows.flatMap((row, at) => factsOfRow(row, rows.rows[at - 1] ?? null, context)),
    ...factsOfLoose(rows.loose, rows.rows.length > 0, context),
  ].filter((fact) => absenceOf(nameOf(fact)) === null);
  return { facts, absences: absencesOf(rows, section, list) };
}

function absencesOf({ rows, loose }: Rows, section: Section, list: ListName): readonly Said[] {
  const texts = [...loose.map(textOf), ...rows.flatMap(({ cells }) => cells.map(({ text }) => text))];
  return texts.flatMap((text) => {
    const absence = absenceOf(text);
    return absence === null ? [] : [{ list, absence, words: text, section }];
  });
}
