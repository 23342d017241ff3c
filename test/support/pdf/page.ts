import { hexString, number, winAnsi } from "./encode.ts";
import { widths } from "./widths.ts";

export type FontName = keyof typeof widths | "Courier" | "Courier-Bold";
export const fontNames: readonly FontName[] = [
  "Helvetica",
  "Helvetica-Bold",
  "Times-Roman",
  "Times-Bold",
  "Courier",
  "Courier-Bold",
];

/** Red, green, blue in 0..1. */
export type Colour = readonly [number, number, number];

export interface TextOptions {
  /** Baseline, in points from the top left; `x` is the left, right or middle of the text by `align`. */
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly font?: FontName;
  readonly align?: "left" | "right" | "center";
  readonly colour?: Colour;
  /** 3 draws nothing: the text layer of a scan. */
  readonly renderMode?: 0 | 3;
  /** Extra points between characters. */
  readonly spacing?: number;
  /** Degrees counter-clockwise. */
  readonly angle?: number;
}

export interface BoxOptions {
  readonly fill?: Colour;
  readonly stroke?: Colour;
  readonly lineWidth?: number;
}

export interface GrayImage {
  readonly width: number;
  readonly height: number;
  /** One byte a pixel, from the top left. */
  readonly data: Uint8Array;
}

export interface PageOptions {
  /** In points, before rotation. */
  readonly width?: number;
  readonly height?: number;
  readonly rotate?: 0 | 90 | 180 | 270;
  /** What is shown of the page: left, top, width, height. */
  readonly crop?: readonly [number, number, number, number];
}

/** Width of a text in points. */
export function widthOf(text: string, font: FontName, size: number): number {
  if (font === "Courier" || font === "Courier-Bold") return text.length * 0.6 * size;
  let sum = 0;
  for (const code of winAnsi(text)) sum += widths[font][code - 32] ?? 0;
  return (sum * size) / 1000;
}

/** One page: drawing operators in the order they were asked for. */
export class PdfPage {
  readonly width: number;
  readonly height: number;
  readonly options: PageOptions;
  readonly images: GrayImage[] = [];
  readonly #operators: string[] = [];

  constructor(options: PageOptions = {}) {
    this.options = options;
    this.width = options.width ?? 595;
    this.height = options.height ?? 842;
  }

  text(text: string, options: TextOptions): void {
    const { x, y, size = 10, font = "Helvetica", align = "left", colour = [0, 0, 0], renderMode = 0 } = options;
    const { spacing = 0, angle = 0 } = options;
    const length = widthOf(text, font, size) + spacing * text.length;
    const left = x - (align === "right" ? length : align === "center" ? length / 2 : 0);
    const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
    const matrix = [cos, sin, -sin, cos, left, this.height - y].map(number).join(" ");
    this.raw(
      `BT /F${fontNames.indexOf(font)} ${number(size)} Tf ${renderMode} Tr ${number(spacing)} Tc ` +
        `${colour.map(number).join(" ")} rg ${matrix} Tm ${hexString(winAnsi(text))} Tj ET`,
    );
  }

  line(x1: number, y1: number, x2: number, y2: number, lineWidth = 0.5, colour: Colour = [0, 0, 0]): void {
    const points = [x1, this.height - y1, x2, this.height - y2].map(number);
    this.raw(
      `q ${colour.map(number).join(" ")} RG ${number(lineWidth)} w ${points[0]} ${points[1]} m ${points[2]} ${points[3]} l S Q`,
    );
  }

  rectangle(x: number, y: number, width: number, height: number, options: BoxOptions = {}): void {
    const { fill, stroke, lineWidth = 0.5 } = options;
    const paint = fill && stroke ? "B" : fill ? "f" : "S";
    this.raw(
      `q ${(fill ?? [0, 0, 0]).map(number).join(" ")} rg ${(stroke ?? [0, 0, 0]).map(number).join(" ")} RG ${number(lineWidth)} w ` +
        `${[x, this.height - y - height, width, height].map(number).join(" ")} re ${paint} Q`,
    );
  }

  image(image: GrayImage, x: number, y: number, width: number, height: number): void {
    this.images.push(image);
    const box = [width, 0, 0, height, x, this.height - y - height].map(number).join(" ");
    this.raw(`q ${box} cm /I${this.images.length - 1} Do Q`);
  }

  /** Operators as they are, for files that no writer would make. */
  raw(operators: string): void {
    this.#operators.push(operators);
  }

  get content(): string {
    return this.#operators.join("\n");
  }
}
