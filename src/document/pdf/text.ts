import type { PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Run } from "./runs.ts";

/** What pdfjs reads from one page. */
export interface PageRuns {
  /** Upright, after rotation and cropping, in points. */
  readonly size: { readonly width: number; readonly height: number };
  readonly runs: readonly Run[];
}

type TextItem = Extract<Awaited<ReturnType<PDFPageProxy["getTextContent"]>>["items"][number], { str: string }>;
type Style = Awaited<ReturnType<PDFPageProxy["getTextContent"]>>["styles"][string];
type Matrix = readonly [number, number, number, number, number, number];

/**
 * Which of these fonts the file names without carrying them. Costs as much as drawing, so it is asked only
 * where it matters.
 */
export async function fontsWithoutFile(page: PDFPageProxy, fonts: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  await page.getOperatorList();
  const missing = [...fonts].filter((font) => {
    const known: unknown = page.commonObjs.has(font) ? page.commonObjs.get(font) : null;
    return typeof known === "object" && known !== null && Reflect.get(known, "missingFile") === true;
  });
  return new Set(missing);
}

/** Text of a page and of its filled-in form fields and text boxes, as drawn: neither sorted nor checked for being visible. */
export async function runsOf(page: PDFPageProxy): Promise<PageRuns> {
  const viewport = page.getViewport({ scale: 1 });
  const toPage = matrix(viewport.transform);
  const content = await page.getTextContent({ disableNormalization: true });
  const runs: Run[] = [];
  for (const item of content.items) {
    if (!("str" in item) || item.str.trim() === "") continue;
    const run = runOf(item, content.styles[item.fontName], toPage);
    if (run) runs.push(run);
  }
  runs.push(...(await noteRuns(page, toPage)));
  return { size: { width: viewport.width, height: viewport.height }, runs };
}

function runOf(item: TextItem, style: Style | undefined, toPage: Matrix): Run | null {
  const [a, b, c, d, x, y] = multiply(toPage, matrix(item.transform));
  const scale = Math.hypot(toPage[0], toPage[1]);
  const vertical = style?.vertical ?? false;
  const length = (vertical ? item.height : item.width) * scale;
  const size = sizeOf(Math.hypot(c, d), length / item.str.length);
  if (!(size > 0) || !Number.isFinite(x + y + length)) return null;
  return {
    text: item.str,
    x,
    y,
    // Text in columns runs down the page, at right angles to its letters.
    angle: degrees(Math.atan2(b, a)) + (vertical ? 90 : 0),
    length,
    size,
    ascent: vertical ? 0.5 : within(style?.ascent, 0.6, 1, 0.8),
    descent: vertical ? 0.5 : within(-(style?.descent ?? Number.NaN), 0.1, 0.35, 0.2),
    rightToLeft: item.dir === "rtl",
    font: item.fontName,
    monospaced: vertical || style?.fontFamily === "monospace",
  };
}

/** Fonts drawn by the file's own programs may state any size; characters are about half as wide as high. */
function sizeOf(stated: number, advance: number): number {
  return advance > 3 * stated ? 2 * advance : stated;
}

/** Broken fonts state heights of zero or of several lines. */
function within(value: number | undefined, least: number, most: number, otherwise: number): number {
  return value === undefined || !(value > 0) ? otherwise : Math.min(most, Math.max(least, value));
}

/** To half degrees, so that one line has one direction; nearly straight is straight. */
function degrees(radians: number): number {
  const half = Math.round((radians * 360) / Math.PI) / 2;
  const quarter = Math.round(half / 90) * 90;
  return (Math.abs(half - quarter) <= 2 ? quarter : half) % 360 || 0;
}

interface Note {
  readonly rows: readonly string[];
  readonly rect: readonly [number, number, number, number];
}

/** What people typed into form fields and text boxes: drawn as annotations, so not part of the page's own text. */
async function noteRuns(page: PDFPageProxy, toPage: Matrix): Promise<readonly Run[]> {
  const annotations: readonly unknown[] = await page.getAnnotations({ intent: "display" });
  return annotations
    .map(noteOf)
    .filter((note) => note !== null)
    .flatMap(({ rows, rect: [left, bottom, right, top] }) => {
      const height = (top - bottom) / rows.length;
      const size = Math.min(12, height * 0.8);
      return rows.flatMap((text, index) => {
        const [x, y] = apply(toPage, left + 2, top - height * (index + 0.75));
        const length = Math.min(right - left - 2, text.length * size * 0.5);
        return text.trim() === "" || !(size > 0 && length > 0) ? [] : [{ ...plain, text, x, y, length, size }];
      });
    });
}

const plain = { angle: 0, ascent: 0.8, descent: 0.2, rightToLeft: false, monospaced: false, font: "" };

function noteOf(annotation: unknown): Note | null {
  if (typeof annotation !== "object" || annotation === null) return null;
  const fields = new Map(Object.entries(annotation));
  const corners: unknown = fields.get("rect");
  if (fields.get("hidden") === true || fields.get("password") === true || !Array.isArray(corners)) return null;
  const rows = rowsOf(fields);
  const [left, bottom, right, top] = corners.map(Number);
  if (!rows || left === undefined || bottom === undefined || right === undefined || top === undefined) return null;
  return { rows, rect: [left, bottom, right, top] };
}

function rowsOf(annotation: ReadonlyMap<string, unknown>): readonly string[] | null {
  if (annotation.get("subtype") === "FreeText") return strings(annotation.get("textContent"));
  const kind = annotation.get("fieldType");
  if (kind !== "Tx" && kind !== "Ch") return null;
  const value = annotation.get("fieldValue");
  return strings(Array.isArray(value) ? value : [value])?.flatMap((text) => text.split(/\r\n?|\n/)) ?? null;
}

function strings(values: unknown): readonly string[] | null {
  const found = Array.isArray(values) ? values.filter((value) => typeof value === "string" && value.trim() !== "") : [];
  return found.length > 0 ? found : null;
}

function matrix(values: readonly unknown[]): Matrix {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = values.map(Number);
  return [a, b, c, d, e, f];
}

function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    ...apply(m, n[4], n[5]),
  ];
}

function apply(m: Matrix, x: number, y: number): readonly [number, number] {
  return [m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]];
}
