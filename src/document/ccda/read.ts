import { type DocumentText, type EmbeddedValue, WeirError } from "../../core/index.ts";
import { layOutFlow } from "../flow/lay.ts";
import { type Attributes, walk } from "../flow/xml.ts";
import { entriesOf, isoOf, type Entry } from "./entries.ts";
import { type Narrative, createNarrative } from "./narrative.ts";
import { Capture, type Element, all, at, attribute, textOf } from "./tree.ts";

/**
 * Clinical records as C-CDA (HL7 CDA R2): what a person sees, section by section, and the coded entries beside it
 * as embedded data. Each section at the top begins a page of its own.
 */

/** A section while it is open. */
interface Open {
  code: string | null;
  title: string;
  readonly narrative: Narrative;
  readonly entries: Element[];
  readonly page: number;
}

/** @throws WeirError `document.damaged` where the XML is broken, `document.unsupported` where the body is another file */
export function readCcda(bytes: Uint8Array, pagesMax: number): DocumentText {
  const pages: string[][] = [[]];
  const values: EmbeddedValue[] = [];
  const counts = new Map<string, number>();
  const path: string[] = [];
  const open: Open[] = [];
  let capture: { readonly of: "patient" | "entry"; readonly tree: Capture } | null = null;
  let inText = 0;
  let title = "";

  const section = () => open.at(-1);
  const parent = () => path.at(-1);

  function openSection(): void {
    if (open.length === 0) pages.push([]);
    const lines = pages.at(-1) ?? [];
    open.push({ code: null, title: "", narrative: createNarrative(lines), entries: [], page: pages.length });
  }

  function heading({ narrative, title: said, code }: Open): void {
    const words = said.replaceAll(/\s+/g, " ").trim();
    if (words !== "" || code !== null)
      (narrative.lines as string[]).push(`${"#".repeat(open.length + 1)} ${words || code}`);
  }

  function closeSection(): void {
    const closed = open.pop();
    if (!closed) return;
    const { code, entries, narrative, page } = closed;
    if (open.length === 0 && narrative.lines.length === 0) pages.pop();
    const words = (reference: string) => narrative.marks.get(reference)?.text;
    for (const entry of entries) {
      for (const one of entriesOf(code ?? "", entry, words)) keep(one, narrative, page);
    }
  }

  function keep({ list, values: said, reference }: Entry, { marks }: Narrative, page: number): void {
    const index = counts.get(list) ?? 0;
    counts.set(list, index + 1);
    const mark = reference === null ? undefined : marks.get(reference);
    const line = mark ? { page, line: mark.line + 1 } : null;
    for (const [name, value] of Object.entries(said)) values.push({ path: `${list}.${index}.${name}`, value, line });
  }

  function captured(of: "patient" | "entry", tree: Element): void {
    if (of === "entry") section()?.entries.push(tree);
    else {
      const patient = at(tree, "patientRole", "patient");
      pages[0]?.push(...headOf(title, patient));
      values.push(...patientValues(patient, pages[0]?.length ?? 1));
    }
  }

  walk(
    bytes,
    {
      open(name, attributes) {
        const within = parent();
        path.push(name);
        if (capture) capture.tree.open(name, attributes);
        else if (inText > 0) {
          if (!(section()?.narrative.open(name, attributes) ?? true)) {
            path.pop();
            return false;
          }
          inText += 1;
        } else if (name === "section") openSection();
        else if (name === "code" && within === "section") set(section(), attributes);
        else if (name === "nonXMLBody")
          throw new WeirError("document.unsupported", "The record is a C-CDA envelope around another file.", {
            hint: "Take the file out of the envelope and run that.",
          });
        else if (name === "text" && within === "section") {
          const here = section();
          if (here) heading(here);
          inText = 1;
        } else if ((name === "entry" && within === "section") || name === "recordTarget") {
          capture = { of: name === "entry" ? "entry" : "patient", tree: new Capture() };
          capture.tree.open(name, attributes);
        }
        return true;
      },
      text(text) {
        if (capture) capture.tree.text(text);
        else if (inText > 0) section()?.narrative.text(text);
        else if (parent() === "title") {
          const here = section();
          if (here) here.title += text;
          else title += text;
        }
      },
      close(name) {
        path.pop();
        if (capture) {
          const whole = capture.tree.close();
          if (!whole) return;
          const { of } = capture;
          capture = null;
          captured(of, whole);
        } else if (inText > 0) {
          section()?.narrative.close(name);
          inText -= 1;
        } else if (name === "section") closeSection();
      },
    },
    "strict",
  );

  const text = layOutFlow(
    "ccda",
    pages.map((lines) => ({ text: lines.join("\n") })),
    pagesMax,
  );
  return values.length === 0
    ? text
    : { ...text, embedded: values.filter(({ line }) => !line || line.page <= pagesMax) };
}

function set(section: Open | undefined, attributes: Attributes): void {
  if (section) section.code = attributes.get("code") ?? null;
}

/** The head as viewers of such records show it. */
function headOf(title: string, patient: Element | undefined): readonly string[] {
  const name = nameOf(patient);
  const sex = sexOf(patient);
  const born = bornOf(patient);
  const parts = [name && `Patient: ${name}`, sex && `Sex: ${sex}`, born && `DOB: ${born}`].filter(Boolean);
  return [title.replaceAll(/\s+/g, " ").trim(), parts.join("  ")].filter((line) => line !== "");
}

function patientValues(patient: Element | undefined, line: number): readonly EmbeddedValue[] {
  const values = { name: nameOf(patient), sex: sexOf(patient), birthDate: bornOf(patient) };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ path: `patient.${name}`, value, line: { page: 1, line } }],
  );
}

function nameOf(patient: Element | undefined): string | undefined {
  const [name] = all(patient, "name");
  const parts = ["prefix", "given", "family", "suffix"].flatMap((part) => all(name, part).map((one) => textOf(one)));
  const said = parts.filter((part) => part !== undefined).join(" ");
  return said === "" ? textOf(name) : said;
}

function sexOf(patient: Element | undefined): string | undefined {
  const code = at(patient, "administrativeGenderCode");
  const words: Readonly<Record<string, string>> = { M: "male", F: "female", UN: "other" };
  return words[attribute(code, "code") ?? ""] ?? attribute(code, "displayName")?.toLowerCase();
}

function bornOf(patient: Element | undefined): string | undefined {
  const time = attribute(at(patient, "birthTime"), "value");
  return time === undefined ? undefined : isoOf(time);
}
