import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { candidatesMax } from "./candidate.ts";
import { findDates } from "./dates.ts";
import { findDurations } from "./durations.ts";
import { placeOf } from "./gazetteer.ts";
import { layoutOf, rowCharsMax } from "./layout.ts";
import { findPhrases } from "./phrases.ts";
import { findPlaces } from "./places.ts";

const read = (text: string) => layoutOf(readText(new TextEncoder().encode(text), 10));

describe("how long something lasts", () => {
  it.each([
    ["for a period of two (2) years from", "2 years"],
    ["for Two years", "2 years"],
    ["one-year anniversary", "1 year"],
    ["within thirty (30) calendar days", "30 days"],
    ["eighteen months", "18 months"],
    ["twenty-four (24) months", "24 months"],
    ["twenty four months", "24 months"],
    ["36 months", "36 months"],
    ["zwei Jahre", "2 years"],
    ["une durée de trois ans", "3 years"],
    ["12 mesi", "12 months"],
  ])("%s", (text, value) => {
    expect(findDurations(read(text)).map((one) => one.value)).toEqual([value]);
  });

  it.each(["fiscal year 2026", "the years", "1.5 years", "year 2", "Section 12 daylight"])("%s is none", (text) => {
    expect(findDurations(read(text))).toEqual([]);
  });
});

describe("states and countries", () => {
  it.each([
    ["the laws of the State of Delaware", ["Delaware"]],
    ["a WEST VIRGINIA corporation", ["West Virginia"]],
    ["Hamburg, Deutschland", ["Hamburg", "Deutschland"]],
    ["in the State of New  York", ["New York"]],
    ["Indianapolis", []],
    ["he was in jersey", []],
  ])("%s", (text, values) => {
    expect(findPlaces(read(text)).map((one) => one.value)).toEqual(values);
  });

  it("have one spelling and one kind each", () => {
    expect(placeOf("new york")).toEqual({ name: "New York", kind: "state" });
    expect(placeOf("FRANCE")).toEqual({ name: "France", kind: "country" });
    expect(placeOf("Atlantis")).toBeNull();
  });
});

describe("names inside of running text", () => {
  it("are runs of capitalised words and what is quoted", () => {
    const text = 'made between Nordwind Bank of the Isles and one Mary Miller (the "Second Party")';
    const values = findPhrases(read(text)).map((one) => one.value);
    expect(values).toEqual(expect.arrayContaining(["Nordwind Bank of the Isles", "Mary Miller", "Second Party"]));
  });
});

describe("what a line break parts is still one value", () => {
  const line = "This agreement is governed by, and construed in accordance with, the laws of";
  it("with a span for each line", () => {
    const [place] = findPlaces(read(`${line} New\nYork without regard to conflicts`));
    expect(place?.value).toBe("New York");
    expect(place?.spans.map((span) => [span.line, span.text])).toEqual([
      [1, "New"],
      [2, "York"],
    ]);
    const values = (text: string) => findDates(read(text)).map((one) => one.value);
    expect(values(`${line} the 3rd day of May,\n2011 between`)).toEqual(["2011-05-03"]);
    expect(findDurations(read(`${line} it for two (2)\nyears from`)).map((one) => one.value)).toEqual(["2 years"]);
  });

  it("but not over a paragraph's end or between columns", () => {
    expect(findDurations(read("We paid two.\nYears later"))).toEqual([]);
    expect(findPlaces(read("New          Total\nYork         12.00"))).toEqual([]);
  });
});

describe("hostile prose costs time in proportion to its length", () => {
  it.each(["two (2) ", "New ", "Aa ", '"', "A&", "twenty-", "1 year ", "of the "])(
    "a quarter of a megabyte of %j",
    (piece) => {
      const layout = read(piece.repeat(Math.ceil(250_000 / piece.length)));
      const begin = performance.now();
      for (const find of [findDurations, findPlaces, findPhrases])
        expect(find(layout).length).toBeLessThanOrEqual(candidatesMax + 2 * rowCharsMax);
      expect(performance.now() - begin).toBeLessThan(4_000);
    },
  );
});
