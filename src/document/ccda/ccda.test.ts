import { describe, expect, it } from "vitest";
import { ccdaOf, patient, wholeCcda } from "../../../fixtures/records/ccda.ts";
import type { DocumentText } from "../../core/index.ts";
import { createReader } from "../reader.ts";
import { sniff } from "../sniff.ts";
import { readCcda } from "./read.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const lines = (text: DocumentText) => text.pages.map((page) => page.lines.map((line) => line.text));
const section = (text: string) => ccdaOf([{ code: "11450-4", title: "Problems", text }]);
const body = (text: string) => lines(readCcda(bytes(section(text)), 20))[1]?.slice(1);

describe("a C-CDA record", () => {
  const text = readCcda(bytes(wholeCcda), 20);

  it("is told by its root, with a prefix and without a declaration too", () => {
    expect(sniff(bytes(wholeCcda), "a.xml")).toBe("ccda");
    expect(sniff(bytes('<n1:ClinicalDocument xmlns:n1="urn:hl7-org:v3"/>'), "a")).toBe("ccda");
    expect(sniff(bytes("<?xml version='1.0'?><Invoice/>"), "a.xml")).toEqual({ unsupported: "an XML document" });
  });

  it("is read as a person sees it: a page a section, rows between bars, items with a dash", () => {
    expect(text).toMatchObject({ kind: "ccda", pageCount: 5, complete: true });
    expect(lines(text)).toEqual([
      ["Continuity of Care: Ilse Vandermeer", "Patient: Ms. Ilse M. Vandermeer  Sex: female  DOB: 1964-02-29"],
      [
        "## Problems",
        "Problem | Onset | Status",
        "Type 2 diabetes mellitus | 4 July 2011 | Active",
        "Migraine |  | Resolved",
      ],
      [
        "## Medications",
        "- Metformin 500 MG Oral Tablet, take 1 tablet twice daily",
        "- Acetylsalicylic acid 75 mg",
        "  once daily",
      ],
      ["## Allergies and Intolerances", "No known allergies"],
      [
        "## Vital Signs",
        "Date | Test | Value",
        "2024-01-15 | Body weight | 71.5 kg",
        "2024-01-15 | Heart rate | 68 /min",
      ],
    ]);
  });

  it("carries its coded entries, each with the line that shows it", () => {
    const value = (path: string) => text.embedded?.find((one) => one.path === path);
    expect(value("patient.birthDate")).toEqual({
      path: "patient.birthDate",
      value: "1964-02-29",
      line: { page: 1, line: 2 },
    });
    expect(value("problems.0.name")).toMatchObject({ value: "Type 2 diabetes mellitus", line: { page: 2, line: 3 } });
    expect(value("problems.0.code")).toMatchObject({ value: "SNOMED CT 44054006" });
    expect(value("problems.0.since")).toMatchObject({ value: "2011-07-04" });
    expect(value("problems.1.name")).toMatchObject({ value: "Migraine", line: { page: 2, line: 4 } });
    expect(value("problems.1.status")).toMatchObject({ value: "Resolved" });
    expect(value("medications.1.name")).toMatchObject({
      value: "Aspirin 75 MG Oral Tablet",
      line: { page: 3, line: 3 },
    });
    expect(value("medications.1.frequency")).toMatchObject({ value: "every 12 h" });
    expect(value("allergies.0.negated")).toMatchObject({ value: "true" });
  });

  it.each<readonly [what: string, text: string, expected: readonly string[]]>([
    ["line breaks in a cell", "<table><tr><td>a<br/>b</td><td>c | d</td></tr></table>", ["a; b | c ¦ d"]],
    [
      "lists within lists",
      "<list><item>a<list><item>b</item></list></item><item>c</item></list>",
      ["- a", "  - b", "- c"],
    ],
    ["spanned columns", "<table><tr><td colspan='2'>a</td><td>b</td></tr></table>", ["a |  | b"]],
    ["an empty first cell", "<table><tr><td/><td>b</td></tr></table>", [" | b"]],
    ["deleted text", "<content revised='delete'>old</content><content>new</content>", ["new"]],
    ["a caption", "<table><caption>Active</caption><tr><td>a</td></tr></table>", ["Active", "a"]],
    [
      "paragraphs in a cell",
      "<table><tr><td><paragraph>a</paragraph><paragraph>b</paragraph></td></tr></table>",
      ["a; b"],
    ],
  ])("shows %s", (_, inner, expected) => {
    expect(body(inner)).toEqual(expected);
  });

  it("has sections within sections, and sections without text or entries", () => {
    const nested = `<component><section><title>Outer</title><text>x</text><component><section><title>Inner</title><text>y</text></section></component></section></component>`;
    const xml = wholeCcda.replace("<structuredBody>", `<structuredBody><component><section/></component>${nested}`);
    expect(lines(readCcda(bytes(xml), 20))[1]).toEqual(["## Outer", "x", "### Inner", "y"]);
  });

  it("names what stands behind the page limit, and leaves its data out", () => {
    const cut = readCcda(bytes(wholeCcda), 2);
    expect(cut).toMatchObject({ complete: false, skipped: [{ page: 3 }, { page: 4 }, { page: 5 }] });
    expect(cut.embedded?.some(({ path }) => path.startsWith("medications"))).toBe(false);
  });
});

describe("a broken C-CDA record is refused by name", () => {
  const reader = createReader();
  const options = { name: "a.xml", pagesMax: 20, bytesMax: 5_000_000, timeoutMs: 15_000 };
  const outcome = (text: string) =>
    reader.read(bytes(text), options).then(
      () => "read",
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  it.each<readonly [what: string, text: string, expected: RegExp]>([
    ["cut off", wholeCcda.slice(0, wholeCcda.length / 2), /^document\.damaged: The XML is broken: <\w+> is not closed/],
    ["without its last tag", wholeCcda.replace("</ClinicalDocument>", ""), /^document\.damaged: .*<ClinicalDocument>/],
    ["with tags crossed", section("<list><item>a</list></item>"), /^document\.damaged: .*<item>.*line \d+/],
    [
      "that bombs with entities",
      wholeCcda
        .replace("<ClinicalDocument", '<!DOCTYPE b [<!ENTITY a "aaaa">]><ClinicalDocument')
        .replace("Migraine", "&a;"),
      /^read$/,
    ],
    [
      "around another file",
      "<ClinicalDocument><component><nonXMLBody><text>JVBERi0=</text></nonXMLBody></component></ClinicalDocument>",
      /^document\.unsupported: .*envelope/,
    ],
    ["without anything to read", "<ClinicalDocument></ClinicalDocument>", /^document\.empty/],
    ["with a person only", ccdaOf([], patient), /^read$/],
  ])("%s", async (_, text, expected) => {
    expect(await outcome(text)).toMatch(expected);
  });
});
