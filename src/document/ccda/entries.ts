import { type Element, all, at, attribute, below, textOf } from "./tree.ts";

/** The coded entries of a C-CDA section → values, in the words of a record: "problems.0.name". Pure. */

/** One entry: its values by name, and the ID of the text that shows it. */
export interface Entry {
  readonly list: string;
  readonly values: Readonly<Record<string, string>>;
  readonly reference: string | null;
}

/** Words of the narrative by their ID. */
export type Words = (reference: string) => string | undefined;

type Read = (entry: Element, words: Words) => readonly Entry[];

/** LOINC codes of the sections whose entries are read. */
const readers: Readonly<Record<string, Read>> = {
  "11450-4": (entry, words) => conditions(entry, words, "problems"),
  "11348-0": (entry, words) => conditions(entry, words, "pastHistory"),
  // Of a visit; of an admission, by the code of the standard and by LOINC's; of a discharge.
  "29308-4": (entry, words) => conditions(entry, words, "diagnoses"),
  "46241-6": (entry, words) => conditions(entry, words, "diagnoses"),
  "42347-5": (entry, words) => conditions(entry, words, "diagnoses"),
  "11535-2": (entry, words) => conditions(entry, words, "diagnoses"),
  "48765-2": allergies,
  "10160-0": (entry, words) => given(entry, words, "medications"),
  "10183-2": (entry, words) => given(entry, words, "medications"),
  "42346-7": (entry, words) => given(entry, words, "medications"),
  "11369-6": (entry, words) => given(entry, words, "immunizations"),
  "47519-4": procedures,
  "30954-2": (entry, words) => measured(entry, words, "results"),
  "8716-3": (entry, words) => measured(entry, words, "vitals"),
};

/** @param section its LOINC code */
export function entriesOf(section: string, entry: Element, words: Words): readonly Entry[] {
  return Object.hasOwn(readers, section) ? (readers[section]?.(entry, words) ?? []) : [];
}

function conditions(entry: Element, words: Words, list: string): readonly Entry[] {
  return concerns(entry).map((observation) => {
    const value = at(observation, "value");
    const values = {
      name: nameOf(value, words) ?? nameOf(at(observation, "code"), words),
      code: codeOf(value),
      since: dateOf(at(observation, "effectiveTime")),
      status: statusOf(observation, entry),
      negated: attribute(observation, "negationInd") === "true" ? "true" : undefined,
    };
    return made(list, values, observation);
  });
}

/** Observations within the acts that manage them. */
function concerns(entry: Element): readonly Element[] {
  const act = at(entry, "act");
  const within = all(act, "entryRelationship").flatMap((one) => all(one, "observation"));
  return act ? within : all(entry, "observation");
}

function allergies(entry: Element, words: Words): readonly Entry[] {
  return concerns(entry).map((observation) => {
    const playing = at(observation, "participant", "participantRole", "playingEntity");
    const related = all(observation, "entryRelationship");
    const reaction = related.find((one) => attribute(one, "typeCode") === "MFST");
    const severity = [...below(observation, "observation")].find((one) => attribute(at(one, "code"), "code") === "SEV");
    const values = {
      substance:
        nameOf(at(playing, "code"), words) ?? textOf(at(playing, "name")) ?? nameOf(at(observation, "value"), words),
      code: codeOf(at(playing, "code")),
      reaction: nameOf(at(reaction, "observation", "value"), words),
      severity: nameOf(at(severity, "value"), words),
      status: statusOf(observation, entry),
      negated: attribute(observation, "negationInd") === "true" ? "true" : undefined,
    };
    return made("allergies", values, observation);
  });
}

function given(entry: Element, words: Words, list: "medications" | "immunizations"): readonly Entry[] {
  return administrations(entry).map((administration) => {
    const material = at(administration, "consumable", "manufacturedProduct", "manufacturedMaterial");
    const code = at(material, "code");
    const times = all(administration, "effectiveTime");
    const when = dateOf(times.find((time) => at(time, "low") ?? attribute(time, "value")));
    const refused = attribute(administration, "negationInd") === "true";
    const values = {
      name: nameOf(code, words) ?? textOf(at(material, "name")),
      code: codeOf(code),
      status: refused ? "not given" : attribute(at(administration, "statusCode"), "code"),
      negated: refused ? "true" : undefined,
      ...(list === "immunizations"
        ? { date: when }
        : { since: when, dose: quantityOf(at(administration, "doseQuantity")), frequency: periodOf(times) }),
    };
    return made(list, values, administration);
  });
}

/** Those of an admission or a discharge stand within an act. */
function administrations(entry: Element): readonly Element[] {
  const within = all(at(entry, "act"), "entryRelationship");
  return [entry, ...within].flatMap((one) => all(one, "substanceAdministration"));
}

function procedures(entry: Element, words: Words): readonly Entry[] {
  return entry.children
    .filter(({ name }) => ["procedure", "act", "observation"].includes(name))
    .map((one) => {
      const code = at(one, "code");
      return made(
        "procedures",
        { name: nameOf(code, words), code: codeOf(code), date: dateOf(at(one, "effectiveTime")) },
        one,
      );
    });
}

function measured(entry: Element, words: Words, list: "results" | "vitals"): readonly Entry[] {
  const single = all(entry, "observation");
  const organised = all(entry, "organizer").flatMap((organizer) =>
    all(organizer, "component").flatMap((component) => all(component, "observation")),
  );
  return [...single, ...organised].map((observation) => {
    const code = at(observation, "code");
    const value = at(observation, "value");
    const range = at(observation, "referenceRange", "observationRange");
    const values = {
      name: nameOf(code, words),
      code: codeOf(code),
      value: attribute(value, "value") ?? (value && attribute(value, "displayName")) ?? textOf(value),
      unit: attribute(value, "unit"),
      date: dateOf(at(observation, "effectiveTime")),
      ...(list === "results"
        ? { range: textOf(at(range, "text")), flag: attribute(at(observation, "interpretationCode"), "code") }
        : {}),
    };
    return made(list, values, observation);
  });
}

function made(list: string, values: Readonly<Record<string, string | undefined>>, element: Element): Entry {
  const said = Object.entries(values).filter((one): one is [string, string] => one[1] !== undefined);
  return { list, values: Object.fromEntries(said), reference: referenceIn(element) };
}

/** What a code is called: its display name, else the words it was coded from. */
function nameOf(code: Element | undefined, words: Words): string | undefined {
  if (!code) return undefined;
  const original = at(code, "originalText");
  const reference = attribute(at(original, "reference"), "value");
  const pointed = reference === undefined ? undefined : words(reference.replace(/^#/, ""));
  const [translation] = all(code, "translation");
  return (
    attribute(code, "displayName") ?? textOf(original) ?? nonEmpty(pointed) ?? attribute(translation, "displayName")
  );
}

const nonEmpty = (text: string | undefined) => (text === "" ? undefined : text);

const systems: Readonly<Record<string, string>> = {
  "2.16.840.1.113883.6.96": "SNOMED CT",
  "2.16.840.1.113883.6.88": "RxNorm",
  "2.16.840.1.113883.6.1": "LOINC",
  "2.16.840.1.113883.6.90": "ICD-10-CM",
  "2.16.840.1.113883.6.103": "ICD-9-CM",
  "2.16.840.1.113883.6.12": "CPT",
  "2.16.840.1.113883.6.59": "CVX",
  "2.16.840.1.113883.12.292": "CVX",
  "2.16.840.1.113883.4.9": "UNII",
  "2.16.840.1.113883.3.26.1.5": "NDF-RT",
};

/** A code that says something, with its system: "SNOMED CT 38341003". */
function codeOf(code: Element | undefined): string | undefined {
  for (const one of [code, ...all(code, "translation")]) {
    const value = attribute(one, "code");
    if (value === undefined) continue;
    const system = systems[attribute(one, "codeSystem") ?? ""] ?? attribute(one, "codeSystemName");
    return system === undefined ? value : `${system} ${value}`;
  }
  return undefined;
}

/** The time itself, or when it began. */
function dateOf(time: Element | undefined): string | undefined {
  const stamp = attribute(time, "value") ?? attribute(at(time, "low"), "value") ?? attribute(at(time, "high"), "value");
  return stamp === undefined ? undefined : isoOf(stamp);
}

/** "20120815" → "2012-08-15"; as exact as it is. */
export function isoOf(stamp: string): string | undefined {
  const found = /^(\d{4})(?:(\d{2})(?:(\d{2}))?)?/.exec(stamp);
  return found?.slice(1).filter(Boolean).join("-");
}

/** A status observation within says more than the state of the entry. */
function statusOf(observation: Element, entry: Element): string | undefined {
  const status = [...below(observation, "observation")].find((one) => attribute(at(one, "code"), "code") === "33999-4");
  const ended = attribute(at(observation, "effectiveTime", "high"), "value");
  return (
    attribute(at(status, "value"), "displayName") ??
    (ended === undefined ? attribute(at(entry, "act", "statusCode"), "code") : "resolved")
  );
}

/** A number without a unit counts something that only the text names. */
function quantityOf(quantity: Element | undefined): string | undefined {
  const value = attribute(quantity, "value");
  const unit = attribute(quantity, "unit");
  return value === undefined || unit === undefined || unit === "1" ? undefined : `${value} ${unit}`;
}

/** "every 6 h", from a period. */
function periodOf(times: readonly Element[]): string | undefined {
  const period = times.map((time) => quantityOf(at(time, "period"))).find((one) => one !== undefined);
  return period === undefined ? undefined : `every ${period}`;
}

function referenceIn(element: Element): string | null {
  const direct = attribute(at(element, "text", "reference"), "value");
  const found = direct ?? attribute(first(below(element, "reference")), "value");
  return found === undefined ? null : found.replace(/^#/, "");
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const one of items) return one;
  return undefined;
}
