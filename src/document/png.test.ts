import { describe, expect, it } from "vitest";
import { inflateSync } from "node:zlib";
import { encodePng } from "./png.ts";

/** Width, height, bits, colour type and the unfiltered rows of a PNG. */
function decode(png: Uint8Array) {
  const file = Buffer.from(png);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    chunks.set(file.toString("latin1", at + 4, at + 8), file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const header = chunks.get("IHDR") ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const raw = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0));
  const rowBytes = raw.length / height - 1;
  const rows: number[][] = [];
  for (let row = 0; row < height; row++) {
    const start = row * (rowBytes + 1);
    expect(raw[start]).toBe(2);
    rows.push(
      [...raw.subarray(start + 1, start + 1 + rowBytes)].map((value, at) => (value + (rows[row - 1]?.[at] ?? 0)) & 255),
    );
  }
  return { width, height, bits: header[8], type: header[9], palette: [...(chunks.get("PLTE") ?? [])], rows };
}

const pixels = (...colours: readonly (readonly [number, number, number])[]) =>
  Uint8Array.from(colours.flatMap(([red, green, blue]) => [red, green, blue, 255]));

describe("a PNG", () => {
  it("of two colours takes one bit a pixel", () => {
    const white = [255, 255, 255] as const;
    const black = [0, 0, 0] as const;
    const png = decode(encodePng({ width: 3, height: 2, data: pixels(white, black, white, black, black, white) }));
    expect(png).toMatchObject({ width: 3, height: 2, bits: 1, type: 3, palette: [255, 255, 255, 0, 0, 0] });
    expect(png.rows).toEqual([[0b0100_0000], [0b1100_0000]]);
  });

  it("of many colours keeps them", () => {
    const colours = Array.from({ length: 400 }, (_, index) => [(index % 32) * 8, (index >> 5) * 8, 200] as const);
    const png = decode(encodePng({ width: 20, height: 20, data: pixels(...colours) }));
    expect(png).toMatchObject({ bits: 8, type: 2 });
    expect(png.rows[0]?.slice(3, 6)).toEqual([8, 0, 200]);
  });

  it("starts and ends as the format says", () => {
    const png = Buffer.from(encodePng({ width: 1, height: 1, data: pixels([1, 2, 3]) }));
    expect(png.subarray(0, 8).toString("hex")).toBe("89504e470d0a1a0a");
    // The checksum of an empty IEND chunk is known.
    expect(png.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
  });
});
