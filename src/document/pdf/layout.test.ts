import { describe, expect, it } from "vitest";
import { layOut } from "./layout.ts";
import type { Run } from "./runs.ts";

const size = 10;

/** A run of even characters, half as wide as high. */
function run(text: string, x: number, y: number, change: Partial<Run> = {}): Run {
  const base = { angle: 0, size, ascent: 0.8, descent: 0.2, rightToLeft: false, monospaced: true, font: "f" };
  return { ...base, text, x, y, length: text.length * 5, ...change };
}

const texts = (runs: readonly Run[]) => layOut(runs, 1).map((line) => line.text);

describe("lines of a page", () => {
  it("run from left to right and from top to bottom, whatever the order in the file", () => {
    expect(texts([run("total", 50, 300), run("world", 80, 100), run("hello", 50, 100)])).toEqual([
      "hello world",
      "total",
    ]);
  });

  it("keep wide gaps as spaces, and offsets that fit the text", () => {
    const [line] = layOut([run("net", 50, 100), run("300.00", 200, 100)], 1);
    expect(line?.text).toMatch(/^net {5,}300\.00$/);
    expect(line?.words.map(({ start, end }) => line.text.slice(start, end))).toEqual(["net", "300.00"]);
    expect(line?.words[1]?.box).toEqual([200, 92, 30, 10]);
  });

  it("join a word that was drawn in parts", () => {
    expect(texts([run("Rech", 50, 100), run("nung", 70.4, 100)])).toEqual(["Rechnung"]);
  });

  it("join letters set widely, and end the word at a wider gap", () => {
    const letters = (word: string, x: number) => [...word].map((letter, index) => run(letter, x + index * 9, 100));
    expect(texts([...letters("NOTA", 50), ...letters("BENE", 98)])[0]).toMatch(/^NOTA +BENE$/);
  });

  it("leave digits in columns alone", () => {
    expect(texts([run("1", 50, 100), run("2", 80, 100), run("3", 110, 100), run("4", 140, 100)])[0]).toMatch(
      /^1 +2 +3 +4$/,
    );
  });

  it("take a raised small text into the line, but not the next column's line", () => {
    expect(texts([run("m", 50, 100), run("2", 55.2, 96, { size: 6 })])).toEqual(["m2"]);
    expect(texts([run("left", 50, 100), run("right", 300, 106)])).toEqual(["left", "right"]);
  });

  it("read text drawn twice once", () => {
    expect(texts([run("bold", 50, 100), run("bold", 50.3, 100)])).toEqual(["bold"]);
    expect(texts([run("no", 50, 100), run("no", 65, 100)])).toEqual(["no no"]);
  });

  it("put text in another direction last", () => {
    const [first, second] = layOut([run("side", 20, 50, { angle: 90 }), run("upright text", 50, 100)], 1);
    expect([first?.text, second?.text]).toEqual(["upright text", "side"]);
    expect(second?.box).toEqual([18, 50, 10, 20]);
  });

  it("read right-to-left text from the right", () => {
    const hebrew = { rightToLeft: true };
    const [line] = texts([run("אב", 100, 100, hebrew), run("גד", 50, 100, hebrew)]);
    expect(line).toMatch(/^אב +גד$/);
  });

  it("are numbered from 1 without gaps", () => {
    const lines = layOut([run("a", 50, 100), run(" ", 50, 200), run("b", 50, 300)], 3);
    expect(lines.map(({ page, line }) => [page, line])).toEqual([
      [3, 1],
      [3, 2],
    ]);
  });
});
