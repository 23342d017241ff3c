import { crc32, deflateSync } from "node:zlib";

/** Pixels from the top left, four bytes each: red, green, blue, ignored. */
export interface ColourBitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * A picture as PNG. Pages of text have few colours: they become palette pictures of 1 to 8 bits, a third
 * of the size of full colour.
 */
export function encodePng({ width, height, data }: ColourBitmap): Uint8Array {
  const palette = paletteOf(data);
  if (!palette) return assemble(width, height, 8, 2, rows(width * 3, height, fillColour(data, width)), null);

  const bits = palette.colours.length <= 2 ? 1 : palette.colours.length <= 4 ? 2 : palette.colours.length <= 16 ? 4 : 8;
  const rowBytes = Math.ceil((width * bits) / 8);
  const raw = rows(rowBytes, height, (row, out) => {
    for (let x = 0; x < width; x++) {
      const index = palette.index.get(colourAt(data, row * width + x)) ?? 0;
      const bit = x * bits;
      const at = bit >> 3;
      out[at] = (out[at] ?? 0) | (index << (8 - bits - (bit & 7)));
    }
  });
  const table = new Uint8Array(palette.colours.length * 3);
  for (const [at, colour] of palette.colours.entries()) {
    table.set([(colour >> 16) & 255, (colour >> 8) & 255, colour & 255], at * 3);
  }
  return assemble(width, height, bits, 3, raw, table);
}

/** Edges of letters are rounded to 32 shades a channel: nobody sees it, and palettes fit. */
function colourAt(data: Uint8Array, pixel: number): number {
  const at = pixel * 4;
  return (shade(data[at]) << 16) | (shade(data[at + 1]) << 8) | shade(data[at + 2]);
}

function shade(value = 0): number {
  const step = value >> 3;
  return (step << 3) | (step >> 2);
}

/** Null where a page has more than 256 colours: photographs. */
function paletteOf(data: Uint8Array): { colours: readonly number[]; index: ReadonlyMap<number, number> } | null {
  const index = new Map<number, number>();
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    const colour = colourAt(data, pixel);
    if (index.has(colour)) continue;
    if (index.size === 256) return null;
    index.set(colour, index.size);
  }
  return { colours: [...index.keys()], index };
}

function fillColour(data: Uint8Array, width: number) {
  return (row: number, out: Uint8Array) => {
    for (let x = 0; x < width; x++) {
      const from = (row * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) out[x * 3 + channel] = data[from + channel] ?? 0;
    }
  };
}

/** Every row starts with its filter: 2 (difference to the row above) suits pages of text. */
function rows(rowBytes: number, height: number, fill: (row: number, out: Uint8Array) => void): Uint8Array {
  const raw = new Uint8Array((rowBytes + 1) * height);
  let above = new Uint8Array(rowBytes);
  for (let row = 0; row < height; row++) {
    const line = new Uint8Array(rowBytes);
    fill(row, line);
    const start = row * (rowBytes + 1);
    raw[start] = 2;
    for (let at = 0; at < rowBytes; at++) raw[start + 1 + at] = (line[at] ?? 0) - (above[at] ?? 0);
    above = line;
  }
  return raw;
}

function assemble(
  width: number,
  height: number,
  bits: number,
  colourType: number,
  raw: Uint8Array,
  palette: Uint8Array | null,
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, colourType], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", palette)] : []),
    chunk("IDAT", deflateSync(raw, { level: 7 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
