import fhirPackage from "fhir";
import { describe, expect, test } from "vitest";
import { wholeCcda } from "../../../fixtures/records/ccda.ts";
import { dischargeLetter, summaryOfCare } from "../../../fixtures/records/records.ts";
import { type Decisions, type DraftData, nestOutput } from "../../../src/core/index.ts";
import { readCcda } from "../../../src/document/ccda/read.ts";
import { readText } from "../../../src/document/flow/text.ts";
import { draftOf } from "../draft.ts";
import { markdownOf } from "../markdown.ts";
import { bundleOf } from "./bundle.ts";
import { uuidOf } from "./resource.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const drafts = {
  tables: draftOf(readText(bytes(summaryOfCare), 500)),
  letter: draftOf(readText(bytes(dischargeLetter), 500)),
  "C-CDA": draftOf(readCcda(bytes(wholeCcda), 500)),
  nothing: draftOf(readText(bytes("A letter about the weather."), 500)),
} satisfies Record<string, DraftData>;

/** As a clinician who accepts everything leaves it. */
function deliveryOf(draft: DraftData) {
  const accepted: Decisions = Object.fromEntries(
    Object.entries(draft.decisions).map(([path, decision]) => [path, { ...decision, status: "accepted", by: "human" }]),
  );
  return {
    run: { id: "01M8Q9DXFAZTTWB6CREF8AQ2J5", itemId: "a" },
    workflow: { name: "medical-record", version: 1 },
    document: { sha256: "ab".repeat(32), name: "record.txt" },
    output: nestOutput(accepted),
    draft: { ...draft, decisions: accepted },
  };
}

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [key: string]: unknown;
}
const resources = (draft: DraftData) =>
  (bundleOf(deliveryOf(draft))["entry"] as { fullUrl: string; resource: Resource }[]).map(({ resource }) => resource);
function one(draft: DraftData, type: string): Resource {
  const found = resources(draft).find(({ resourceType }) => resourceType === type);
  if (!found) throw new Error(`There is no ${type}.`);
  return found;
}

describe.each(Object.entries(drafts))("the FHIR document of a record (%s)", (_kind, draft) => {
  const bundle = bundleOf(deliveryOf(draft));

  test("holds for the R4 schema: no error, no property that R4 does not know", () => {
    const { valid, messages } = new fhirPackage.Fhir().validate(bundle, { errorOnUnexpected: true });
    expect(messages.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(valid).toBe(true);
  });

  test("begins with its Composition, and every reference leads to one of its entries", () => {
    const entries = bundle["entry"] as { fullUrl: string; resource: Resource }[];
    expect(entries[0]?.resource.resourceType).toBe("Composition");
    expect(new Set(entries.map(({ fullUrl }) => fullUrl)).size).toBe(entries.length);
    const known = new Set(entries.map(({ fullUrl }) => fullUrl));
    const references = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)].map(([, target]) => target);
    expect(references.filter((target) => !known.has(target ?? ""))).toEqual([]);
  });

  test("has the sections of a patient summary that may not be missing, each with an entry", () => {
    const sections = one(draft, "Composition")["section"] as {
      code?: { coding: { code: string }[] };
      entry?: unknown[];
    }[];
    for (const code of ["11450-4", "48765-2", "10160-0"]) {
      const section = sections.find((found) => found.code?.coding[0]?.code === code);
      expect([code, section?.entry?.length]).not.toEqual([code, 0]);
      expect(section?.entry).toBeDefined();
    }
  });

  test("is labelled as asserted by software, and names it in a Provenance of every fact", () => {
    const all = resources(draft);
    const facts = all.filter(({ resourceType }) =>
      [
        "Condition",
        "MedicationStatement",
        "AllergyIntolerance",
        "Observation",
        "Immunization",
        "Procedure",
        "CarePlan",
      ].includes(resourceType),
    );
    for (const { meta } of facts) expect(meta).toMatchObject({ security: [{ code: "AIAST" }] });
    const targets = new Set(
      all
        .filter(({ resourceType }) => resourceType === "Provenance")
        .flatMap(({ target }) => (target as { reference: string }[]).map(({ reference }) => reference)),
    );
    const stated = facts.filter((fact) => !JSON.stringify(fact).includes("absent-unknown"));
    expect(stated.every(({ id }) => targets.has(`urn:uuid:${id}`))).toBe(true);
  });

  test("is the same when it is delivered again", () => {
    expect(JSON.stringify(bundleOf(deliveryOf(draft)))).toBe(JSON.stringify(bundle));
  });
});

test("none known and no information are different codes", () => {
  const code = (draft: DraftData) => JSON.stringify(one(draft, "AllergyIntolerance")["code"]);
  expect(code(drafts.letter)).toContain("no-known-allergies");
  expect(code(drafts.nothing)).toContain("no-allergy-info");
});

test("a fact keeps its code, status, certainty and the lines it came from", () => {
  expect(one(drafts["C-CDA"], "Condition")).toMatchObject({
    code: { coding: [{ system: "http://snomed.info/sct", code: "44054006" }], text: "Type 2 diabetes mellitus" },
    onsetDateTime: "2011-07-04",
  });
  const suspected = resources(drafts.letter).find((found) => JSON.stringify(found["code"] ?? "").includes("pneumonia"));
  expect(suspected).toMatchObject({
    verificationStatus: { coding: [{ code: "provisional" }] },
    bodySite: [{ text: "right" }],
  });
  expect(JSON.stringify(one(drafts.letter, "Provenance"))).toMatch(/page 1, line \d+: /);
});

test("a draft that no person decided is preliminary", () => {
  const draft = drafts.tables;
  const [composition] = bundleOf({ ...deliveryOf(draft), draft })["entry"] as { resource: Resource }[];
  expect(composition?.resource).toMatchObject({ resourceType: "Composition", status: "preliminary" });
  expect(one(draft, "Composition")).toMatchObject({ status: "final", attester: [{ mode: "professional" }] });
});

test("ids are UUIDs, other ones for other words", () => {
  expect(uuidOf("a")).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(uuidOf("a", "b")).not.toBe(uuidOf("a"));
});

describe("the Markdown of a record", () => {
  const text = markdownOf(deliveryOf(drafts.letter));

  test("names the patient, the notice, and every fact with page and line", () => {
    expect(text).toMatch(/^# Tobias Ferrant\n\nBorn 1946-06-21, sex male\./);
    expect(text).toContain("Not a medical device");
    expect(text).toMatch(/- \*\*Furosemide 40 mg\*\*: dose 40 mg, frequency twice daily \[p1:\d+\]/);
    expect(text).toMatch(/## Allergies\nNone known\./);
    expect(text).toMatch(/## Immunizations\nNot stated\./);
  });

  test("cannot be made to hold markup by a record", () => {
    const hostile = draftOf(
      readText(bytes("Patient: Eve\n\n## Problems\n- <script>alert(1)</script> [x](http://a)"), 5),
    );
    expect(markdownOf(deliveryOf(hostile))).not.toMatch(/(?<!\\)(?:<script|\]\()/);
  });
});
