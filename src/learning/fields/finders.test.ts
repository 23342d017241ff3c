import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readText } from "../../document/flow/text.ts";
import { fieldsOf } from "../../ranking/fields.ts";
import { type Survey, surveyOf } from "../../ranking/survey.ts";
import { chooseFinders, find, holding } from "./finders.ts";
import { pageLetters, placeOf } from "./letters.ts";
import { renderings } from "./renderings.ts";

const [field] = fieldsOf(z.object({ note: z.string().describe("what is noted") }));
if (field === undefined) throw new Error("No field.");

/** By example. */
const recallOf = (examples: readonly { readonly survey: Survey; readonly truth: string }[]) =>
  examples.map(({ survey, truth }) => holding(field, survey, truth));

const page = async (text: string) => surveyOf(await readText(new TextEncoder().encode(text), 10));

describe("finders of a free text", () => {
  test("those that hold the truths of the examples are chosen", async () => {
    const examples = await Promise.all(
      ["12 March 2026", "3 April 2026", "9 May 2026", "1 June 2026"].map(async (day, at) => ({
        survey: await page(`Some words before ${day} and after it`),
        truth: `2026-0${at + 3}-${["12", "03", "09", "01"][at]}`,
      })),
    );
    const recall = recallOf(examples);
    expect(recall.every((finders) => finders.has("date:plain"))).toBe(true);
    expect(chooseFinders(field, recall, [0, 1, 2, 3])).toEqual(["text:plain", "date:plain"]);
  });

  test("a way of writing is learned where truths cut what the page prints", async () => {
    const names = ["Alder Mill", "Birch Works", "Cedar Hall"];
    const examples = await Promise.all(
      names.map(async (name, at) => ({ survey: await page(`${name} (No ${at}17-X)`), truth: name })),
    );
    const chosen = chooseFinders(field, recallOf(examples), [0, 1, 2]);
    const [first] = examples;
    const found = chosen.flatMap((finder) => (first === undefined ? [] : find(finder, field, first.survey)));
    expect(found.map(({ value }) => value)).toContain("Alder Mill");
  });

  test("an example more does not make another finder", async () => {
    const examples = [{ survey: await page("due 12 March 2026 at noon"), truth: "2026-03-12" }];
    expect(chooseFinders(field, recallOf(examples), [0])).toEqual(["text:plain"]);
  });
});

test.each([
  ["withoutBrackets", "Nordwind Ltd (123-X)", "Nordwind Ltd"],
  ["afterColon", "Attn: Jo Doe", "Jo Doe"],
  ["beforeComma", "Bremen, Germany", "Bremen"],
  ["afterComma", "Bremen, Germany", "Germany"],
  ["beforeDash", "A-17 / Rev 2", "A-17"],
  ["afterDash", "Acme / Spring", "Spring"],
  ["afterOf", "laws of the State of Oregon", "Oregon"],
  ["countInBrackets", "two (2) years", "2 years"],
  ["digits", "No. 12/345", "12345"],
] as const)("%s writes %j as %j, and nothing where it does not apply", (name, text, written) => {
  expect(renderings[name](text)).toBe(written);
  expect(renderings[name]("plain")).toBeNull();
});

describe("a value that is known", () => {
  const found = async (wanted: string, text: string) => {
    const { layout } = await page(text);
    return placeOf(wanted, pageLetters(layout), layout, "text", wanted);
  };

  test("is found however lines break it", async () => {
    const place = await found("12MILLROADBREMEN", "Alder Mill\n12, Mill Road\nBremen\nTel 123\n");
    expect(place?.spans.map((span) => span.text)).toEqual(["12, Mill Road", "Bremen"]);
  });

  test("is not found inside of longer words", async () => {
    expect(await found("MILL", "Sawmill and Millstone")).toBeNull();
  });
});
