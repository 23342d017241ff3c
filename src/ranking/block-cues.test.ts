import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { ownCues } from "./cues.ts";
import { surveyOf } from "./survey.ts";

const page = (text: string) => surveyOf(readText(new TextEncoder().encode(text), 10));

/** Lines of print, each with its distance from the top of the page. */
function printed(...texts: readonly (readonly [text: string, y: number])[]) {
  const lines = texts.map(([text, y], at) => {
    const box = [60, y, text.length * 6, 10] as const;
    return { page: 1, line: at + 1, text, words: [{ text, start: 0, end: text.length, box }], box };
  });
  const pages = [{ page: 1, size: { width: 600, height: 800 }, lines }];
  return surveyOf({ kind: "pdf", pageCount: 1, pages, complete: true, skipped: [] });
}

describe("where an address begins and ends", () => {
  const survey = page("NORDWIND SDN BHD\n(123456-X)\nNO. 7, JALAN HUJUNG,\n40000 KLANG, SELANGOR\nTEL: 03-1234567\n");
  const cuesOf = (value: string) => {
    const found = survey.candidates("address").find((one) => one.value === value);
    return found === undefined ? null : ownCues(found, survey);
  };

  it("is told by what stands in it, above and below it", () => {
    const whole = cuesOf("NO. 7, JALAN HUJUNG, 40000 KLANG, SELANGOR");
    expect(whole).toMatchObject({ startsNumber: 1, startsStreet: 1, holdsTown: 1, endsPlace: 1 });
    expect(whole).toMatchObject({ aboveContact: 1, belowContact: 1 });
    expect(whole).not.toHaveProperty("belowGoesOn");
    expect(cuesOf("NO. 7, JALAN HUJUNG")).toMatchObject({ endsComma: 1, belowGoesOn: 1 });
    expect(cuesOf("40000 KLANG, SELANGOR")).toMatchObject({ aboveGoesOn: 1, aboveComma: 1 });
  });

  it("is told by names before it and behind it", () => {
    const branch = page("NORDWIND SDN BHD\nNORDWIND PARK\nLOT 7, JALAN HUJUNG\n40000 KLANG, SELANGOR\nHARBOUR MALL\n");
    const cues = (value: string) => {
      const found = branch.candidates("address").find((one) => one.value === value);
      return found === undefined ? null : ownCues(found, branch);
    };
    const address = "LOT 7, JALAN HUJUNG, 40000 KLANG, SELANGOR";
    expect(cues(address)).toMatchObject({ startsUnit: 1, abovePlain: 1, belowPlain: 1 });
    expect(cues(`NORDWIND PARK, ${address}`)).toMatchObject({ firstPlain: 1, unitLater: 1, sharesName: 1 });
    expect(cues(`${address}, HARBOUR MALL`)).toMatchObject({ pastTown: 1 });
  });
});

describe("where a value stands in its block", () => {
  it("is the first or the last row between gaps, near the top of its page", () => {
    const survey = printed(["Date 05.03.2026", 100], ["Delivery 06.03.2026", 112], ["Due 07.03.2026", 190]);
    const [first, second, third] = survey.candidates("date").map((one) => ownCues(one, survey));
    expect(first).toMatchObject({ pageTop: 1, blockStart: 1, firstPage: 1 });
    expect(first).not.toHaveProperty("blockEnd");
    expect(second).toMatchObject({ blockEnd: 1 });
    expect(third).toMatchObject({ blockStart: 1, blockEnd: 1 });
  });
});

describe("the end of a name that begins in the line above", () => {
  it("is no name of its own", () => {
    const survey = page("HARBOUR BOOK\nCO. (M) SDN BHD\nTAX INVOICE");
    const cuesOf = (value: string) => {
      const found = survey.candidates("name").find((one) => one.value === value);
      return found === undefined ? null : ownCues(found, survey);
    };
    expect(cuesOf("CO. (M) SDN BHD")).toMatchObject({ formOnly: 1, startsForm: 1 });
    expect(cuesOf("HARBOUR BOOK CO. (M) SDN BHD")).not.toHaveProperty("formOnly");
  });
});
