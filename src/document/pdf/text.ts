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

/** Text of a page and of its filled-in form fields, as drawn: neither sorted nor checked for being visible. */
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
  runs.push(...(await formRuns(page, toPage)));
  return { size: { width: viewport.width, height: viewport.height }, runs };
}

function runOf(item: TextItem, style: Style | undefined, toPage: Matrix): Run | null {
  const [a, b, c, d, x, y] = multiply(toPage, matrix(item.transform));
  const scale = Math.hypot(toPage[0], toPage[1]);
  const size = Math.hypot(c, d);
  const vertical = style?.vertical ?? false;
  const length = (vertical ? item.height : item.width) * scale;
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
    monospaced: vertical || style?.fontFamily === "monospace",
  };
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

interface FormField {
  readonly text: string;
  readonly rect: readonly [number, number, number, number];
}

/** Values people typed into form fields: drawn as annotations, so not part of the page's own text. */
async function formRuns(page: PDFPageProxy, toPage: Matrix): Promise<readonly Run[]> {
  const annotations: readonly unknown[] = await page.getAnnotations({ intent: "display" });
  return annotations
    .map(filledField)
    .filter((field) => field !== null)
    .flatMap(({ text, rect: [left, bottom, right, top] }) => {
      const rows = text.split(/\r\n?|\n/);
      const height = (top - bottom) / rows.length;
      return rows.flatMap((row, index) => {
        const [x, y] = apply(toPage, left + 2, top - height * (index + 0.75));
        const size = Math.min(12, height * 0.8);
        const length = Math.min(right - left - 2, row.length * size * 0.5);
        return row.trim() === "" || size <= 0
          ? []
          : [
              {
                text: row,
                x,
                y,
                angle: 0,
                length,
                size,
                ascent: 0.8,
                descent: 0.2,
                rightToLeft: false,
                monospaced: false,
              },
            ];
      });
    });
}

function filledField(annotation: unknown): FormField | null {
  if (typeof annotation !== "object" || annotation === null) return null;
  const field = new Map(Object.entries(annotation));
  const [text, rect] = [field.get("fieldValue"), field.get("rect")];
  const shown = (field.get("fieldType") === "Tx" || field.get("fieldType") === "Ch") && field.get("hidden") !== true;
  if (!shown || field.get("password") === true || !Array.isArray(rect)) return null;
  const value: unknown = Array.isArray(text) ? text[0] : text;
  const [left, bottom, right, top] = rect.map(Number);
  if (typeof value !== "string" || value.trim() === "") return null;
  if (left === undefined || bottom === undefined || right === undefined || top === undefined) return null;
  return { text: value, rect: [left, bottom, right, top] };
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
