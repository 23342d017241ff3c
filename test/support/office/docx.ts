import { zipOf, type ZipEntry } from "./zip.ts";

/** Writes Word documents for tests from the XML of their bodies. */

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="${office}"`;

export interface DocxParts {
  /** Headers and footers by type, each the XML of its paragraphs. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly footers?: Readonly<Record<string, string>>;
  readonly footnotes?: string;
  /** Inside the section's properties. */
  readonly section?: string;
  readonly settings?: string;
  readonly more?: readonly ZipEntry[];
}

export const run = (text: string, look = "") =>
  `<w:r>${look && `<w:rPr>${look}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`;
export const paragraph = (content: string, properties = "") =>
  `<w:p>${properties && `<w:pPr>${properties}</w:pPr>`}${content.startsWith("<") ? content : run(content)}</w:p>`;
export const cell = (content: string, properties = "") =>
  `<w:tc>${properties && `<w:tcPr>${properties}</w:tcPr>`}${content.startsWith("<") ? content : paragraph(content)}</w:tc>`;
export const row = (...cells: readonly string[]) => `<w:tr>${cells.join("")}</w:tr>`;
export const table = (...rows: readonly string[]) => `<w:tbl>${rows.join("")}</w:tbl>`;
export const pageBreak = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>';

export function docxOf(body: string, parts: DocxParts = {}): Uint8Array {
  return zipOf(docxEntries(body, parts));
}

export function docxEntries(body: string, parts: DocxParts = {}): readonly ZipEntry[] {
  const edges = [...edgesOf("header", parts.headers), ...edgesOf("footer", parts.footers)];
  const references = edges.map(({ kind, type, id }) => `<w:${kind}Reference w:type="${type}" r:id="${id}"/>`).join("");
  const named = [
    ...edges.map(({ id, kind }) => relation(id, kind, `${id}.xml`)),
    ...(parts.footnotes ? [relation("notes", "footnotes", "footnotes.xml")] : []),
    ...(parts.settings ? [relation("settings", "settings", "settings.xml")] : []),
  ];
  const section = `<w:sectPr>${references}${parts.section ?? ""}</w:sectPr>`;
  return [
    { name: "[Content_Types].xml", data: `${declaration}<Types/>` },
    { name: "_rels/.rels", data: relations(relation("main", "officeDocument", "word/document.xml")) },
    { name: "word/_rels/document.xml.rels", data: relations(...named) },
    { name: "word/document.xml", data: part("document", `<w:body>${body}${section}</w:body>`) },
    ...edges.map(({ id, kind, xml }) => ({
      name: `word/${id}.xml`,
      data: part(kind === "header" ? "hdr" : "ftr", xml),
    })),
    ...(parts.footnotes ? [{ name: "word/footnotes.xml", data: part("footnotes", parts.footnotes) }] : []),
    ...(parts.settings ? [{ name: "word/settings.xml", data: part("settings", parts.settings) }] : []),
    ...(parts.more ?? []),
  ];
}

function edgesOf(kind: "header" | "footer", by: Readonly<Record<string, string>> = {}) {
  return Object.entries(by).map(([type, xml]) => ({ kind, type, xml, id: `${kind}-${type}` }));
}

const part = (root: string, content: string) => `${declaration}<w:${root} ${namespaces}>${content}</w:${root}>`;
const relation = (id: string, type: string, target: string) =>
  `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
const relations = (...all: readonly string[]) => `${declaration}<Relationships>${all.join("")}</Relationships>`;
