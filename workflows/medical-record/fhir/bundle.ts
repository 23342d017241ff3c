import type { Delivery, Json } from "weir";
import { idTime } from "../../../src/core/index.ts";
import { type Delivered, type DeliveredFact, deliveredOf, placesOf } from "../delivered.ts";
import { nameOf } from "../fact.ts";
import { type ListName } from "../schema.ts";
import { resourceOf } from "./entries.ts";
import { type Resource, meta, reference, urn, uuidOf, without } from "./resource.ts";
import { absent, sections } from "./sections.ts";

/**
 * A reviewed record as a FHIR R4 document after the International Patient Summary: a Composition with its sections,
 * the facts, and for each where in the record it stands. Delivered again it is the same, byte for byte. Pure.
 * @param models that took part, by name
 */
export function bundleOf(delivery: Delivery, models: readonly string[] = []): Resource {
  const record = deliveredOf(delivery);
  const id = (...words: readonly string[]) => uuidOf(delivery.document.sha256, delivery.run.id, ...words);
  const time = new Date(idTime(delivery.run.id)).toISOString();
  const patient = patientOf(id("patient"), record);
  const device = deviceOf(id("device"), delivery, models);
  const subject = reference(patient);
  const filled = record.facts.map((fact) => [fact, resourceOf(fact, { id: id(fact.path), subject })] as const);
  const empty = sections.flatMap(({ list, mandatory }) => {
    const noneKnown = record.stated[list] === "none known";
    if (record.facts.some((fact) => fact.list === list) || !(mandatory || noneKnown)) return [];
    const resource = absent(list, noneKnown, { id: id("absent", list), subject });
    return resource ? [[list, resource] as const] : [];
  });
  const provenances = filled.map(([fact, resource]) =>
    provenanceOf(id("provenance", fact.path), { fact, resource, delivery, device, time }),
  );
  const composition = compositionOf(id("composition"), { record, filled, empty, patient, device, time });
  const resources = [
    composition,
    patient,
    device,
    ...filled.map(([, one]) => one),
    ...empty.map(([, one]) => one),
    ...provenances,
  ];
  return {
    resourceType: "Bundle",
    id: id("bundle"),
    meta: meta("Bundle"),
    identifier: { system: "urn:ietf:rfc:3986", value: urn(id("bundle")) },
    type: "document",
    timestamp: time,
    entry: resources.map((resource) => ({ fullUrl: urn(resource.id), resource })),
  };
}

function patientOf(id: string, { patient: { name, birthDate, sex } }: Delivered): Resource {
  return {
    resourceType: "Patient",
    id,
    ...without({
      meta: meta("Patient"),
      name: [{ text: name ?? "not stated" }],
      gender: sex ?? "unknown",
      birthDate: birthDate ?? undefined,
      _birthDate:
        birthDate === null
          ? { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }] }
          : undefined,
    }),
  };
}

function deviceOf(id: string, { workflow }: Delivery, models: readonly string[]): Resource {
  return {
    resourceType: "Device",
    id,
    deviceName: [{ name: `Weir ${workflow.name}`, type: "user-friendly-name" }],
    version: [
      { type: { text: "workflow" }, value: `${workflow.name}@${workflow.version}` },
      ...models.map((value) => ({ type: { text: "model" }, value })),
    ],
    note: [{ text: "Software that reads clinical records. Not a medical device." }],
  };
}

interface Parts {
  readonly record: Delivered;
  readonly filled: readonly (readonly [DeliveredFact, Resource])[];
  readonly empty: readonly (readonly [ListName, Resource])[];
  readonly patient: Resource;
  readonly device: Resource;
  readonly time: string;
}

function compositionOf(id: string, { record, filled, empty, patient, device, time }: Parts): Resource {
  const listed = sections.flatMap(({ list, title, loinc: [code, display] }): readonly Json[] => {
    const own = filled.filter(([fact]) => fact.list === list);
    const none = empty.filter(([of]) => of === list);
    if (own.length === 0 && none.length === 0) return [];
    const said =
      none.length > 0
        ? [record.stated[list] === "none known" ? "None known" : "No information"]
        : own.map(([fact]) => narrated(fact));
    return [
      {
        title,
        code: { coding: [{ system: "http://loinc.org", code, display }] },
        text: narrative(said),
        entry: [...own, ...none].map(([, resource]) => reference(resource)),
      },
    ];
  });
  const summarised = record.summary
    .filter(({ sentences }) => sentences.length > 0)
    .map(({ title, sentences }) => ({
      title,
      text: narrative(sentences.map(({ text, source }) => `${text} ${placesOf(source)}`)),
    }));
  return {
    resourceType: "Composition",
    id,
    meta: meta("Composition"),
    status: record.reviewed ? "final" : "preliminary",
    type: { coding: [{ system: "http://loinc.org", code: "60591-5", display: "Patient summary Document" }] },
    subject: reference(patient),
    date: time,
    author: [reference(device)],
    title: "Patient summary, drawn from a record by software",
    ...(record.reviewed ? { attester: [{ mode: "professional", time }] } : {}),
    text: narrative([record.notice]),
    section: [...listed, ...summarised],
  };
}

function narrated(fact: DeliveredFact): string {
  const more = Object.entries(fact.values)
    .filter(([, { value }]) => value !== nameOf(fact))
    .map(([key, { value }]) => `${key} ${String(value)}`);
  return `${nameOf(fact)}${more.length === 0 ? "" : ` (${more.join(", ")})`} ${placesOf(fact.source)}`;
}

function narrative(items: readonly string[]): Json {
  const list = items.map((item) => `<li>${escaped(item)}</li>`).join("");
  return { status: "generated", div: `<div xmlns="http://www.w3.org/1999/xhtml"><ul>${list}</ul></div>` };
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);

interface Origin {
  readonly fact: DeliveredFact;
  readonly resource: Resource;
  readonly delivery: Delivery;
  readonly device: Resource;
  readonly time: string;
}

/** Who said so, and from which lines of which document. */
function provenanceOf(id: string, { fact, resource, delivery: { document }, device, time }: Origin): Resource {
  const type = (code: string) => ({
    coding: [{ system: "http://terminology.hl7.org/CodeSystem/provenance-participant-type", code }],
  });
  const lines = fact.source.map(({ page, line, text }) => `page ${page}, line ${line}: ${text}`);
  return {
    resourceType: "Provenance",
    id,
    target: [reference(resource)],
    recorded: time,
    activity: { text: `read by ${fact.by}` },
    agent: [
      { type: type("assembler"), who: reference(device) },
      ...(fact.by === "human"
        ? [{ type: type("verifier"), who: { display: "clinician who reviewed the record" } }]
        : []),
    ],
    entity: [document.name, ...lines].slice(0, Math.max(2, lines.length + 1)).map((display, at) => ({
      role: "source",
      what: {
        ...(at === 0 ? { identifier: { system: "urn:ietf:rfc:3986", value: `urn:sha256:${document.sha256}` } } : {}),
        display,
      },
    })),
  };
}
