import { createHash } from "node:crypto";
import type { Json } from "weir";
import { codeOf } from "../codes.ts";

/** Pieces every FHIR R4 resource is made of. Pure. */

export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [key: string]: Json;
}

/** The same for the same words, so that a record delivered again is the same bundle. UUID version 8 of RFC 9562. */
export function uuidOf(...words: readonly string[]): string {
  const hex = createHash("sha256").update(words.join("\n")).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}

export const urn = (id: string) => `urn:uuid:${id}`;
export const reference = ({ id }: Resource) => ({ reference: urn(id) });

/** What no value is given for is left out. */
export function without(values: Readonly<Record<string, Json | undefined>>): { readonly [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

export function coding(system: string, code: string, display: string) {
  return { system, code, display };
}

/** Asserted by software: HL7's label for what a machine says of a patient. */
const byMachine = coding(
  "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
  "AIAST",
  "Artificial Intelligence asserted",
);

const ips = "http://hl7.org/fhir/uv/ips/StructureDefinition";

export const meta = (profile?: string) => ({
  ...(profile === undefined ? {} : { profile: [`${ips}/${profile}-uv-ips`] }),
  security: [byMachine],
});

/** Where a value is required and the record does not state one. */
export const unknown = {
  extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }],
};

/** The words as printed, with the code where it says more than itself. */
export function concept(text: string, printed?: string | null) {
  const known = printed ? codeOf(printed) : null;
  return known ? { coding: [known], text } : { text };
}
