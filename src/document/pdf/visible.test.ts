import { describe, expect, it } from "vitest";
import type { Run } from "./runs.ts";
import { isBlank, sortByVisibility } from "./visible.ts";

const base = { angle: 0, size: 10, ascent: 0.8, descent: 0.2, rightToLeft: false, monospaced: true, font: "f" };
const page = { width: 100, height: 100 };

/** A white page of 200 × 200 pixels with a gray block. */
function picture(shade: number, left: number, top: number, right: number, bottom: number) {
  const data = new Uint8Array(200 * 200).fill(255);
  for (let row = top; row < bottom; row++) data.fill(shade, row * 200 + left, row * 200 + right);
  return { width: 200, height: 200, data };
}

const run = (x: number, y: number, change: Partial<Run> = {}): Run => ({
  ...base,
  text: "text",
  x,
  y,
  length: 20,
  ...change,
});

describe("text without contrast at its place", () => {
  it("is hidden, text with ink is not", () => {
    const inked = run(10, 50);
    const bare = run(60, 50);
    const sorted = sortByVisibility([inked, bare], page, picture(0, 20, 90, 50, 100));
    expect(sorted).toEqual({ visible: [inked], hidden: [bare] });
  });

  it("is hidden where the ink is too faint to read", () => {
    expect(sortByVisibility([run(10, 50)], page, picture(248, 20, 90, 50, 100)).hidden).toHaveLength(1);
  });

  it("is hidden inside one colour", () => {
    expect(sortByVisibility([run(10, 50)], page, picture(0, 0, 0, 200, 200)).hidden).toHaveLength(1);
  });

  it("is hidden outside the page and when it is a speck", () => {
    const ink = picture(0, 20, 90, 50, 100);
    expect(sortByVisibility([run(-60, 50), run(120, 50), run(10, 50, { size: 0.5 })], page, ink).hidden).toHaveLength(
      3,
    );
  });
});

it("tells a blank page from one with a faint picture", () => {
  expect(isBlank(picture(250, 0, 0, 200, 200))).toBe(true);
  expect(isBlank(picture(200, 0, 0, 3, 3))).toBe(false);
});
