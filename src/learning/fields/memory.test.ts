import { describe, expect, test } from "vitest";
import { readText } from "../../document/flow/text.ts";
import { surveyOf } from "../../ranking/survey.ts";
import {
  type Answer,
  type Exemplar,
  likenessTo,
  memoryCues,
  nearest,
  recollect,
  recordOf,
  tokensOf,
} from "./memory.ts";

const tokens = async (text: string) => tokensOf(surveyOf(await readText(new TextEncoder().encode(text), 10)));

const alder = (n: number) => `Alder Mill Trading\n12 Mill Road Bremen\nPhone 0421 5551\nBill ${n}\nTotal ${n}.00\n`;
const birch = (n: number) => `Birch Works\n9 Harbour Street Kiel\nPhone 0431 7772\nBill ${n}\nTotal ${n}.00\n`;

const answer = (value: string, top: number): Answer => ({
  value,
  key: value,
  right: null,
  marks: [{ left: "total", above: "", top, end: 0 }],
});

async function exemplars(): Promise<readonly Exemplar[]> {
  const pages = [alder(1), alder(2), birch(3), birch(4)];
  const places = ["A", "A", "B", "B"];
  return Promise.all(
    pages.map(async (text, at) => ({
      tokens: await tokens(text),
      answers: { place: answer(places[at] ?? "", at) },
    })),
  );
}

describe("the memory of senders", () => {
  test("a page is most like those of its own sender", async () => {
    const alike = likenessTo(await exemplars())(await tokens(alder(77)));
    expect(Math.min(alike[0] ?? 0, alike[1] ?? 0)).toBeGreaterThan(2 * Math.max(alike[2] ?? 1, alike[3] ?? 1));
    expect(nearest(alike, () => true)[0]?.at).toBeLessThan(2);
  });

  test("votes for what the sender's pages say, at the place where they say it", async () => {
    const known = await exemplars();
    const alike = likenessTo(known)(await tokens(alder(77)));
    const recollection = recollect(known, "place", alike, () => true);
    const same = memoryCues(
      { key: "A", mark: { left: "total", above: "", top: 0, end: 0 }, misprint: null },
      recollection,
    );
    const other = memoryCues(
      { key: "B", mark: { left: "cash", above: "", top: 9, end: 9 }, misprint: null },
      recollection,
    );
    expect(same["memory.vote"]).toBeGreaterThan(3 * (other["memory.vote"] ?? 0));
    expect(same["memory.place"]).toBeGreaterThan(other["memory.place"] ?? 0);
  });

  test("a sender's value outweighs what one page prints a letter away from it, unless that was seen before", async () => {
    const known = await exemplars();
    const alike = likenessTo(known)(await tokens(alder(77)));
    const recollection = recollect(known, "place", alike, () => true);
    const cues = (misprint: string | null) => memoryCues({ key: "A", mark: null, misprint }, recollection);
    expect(cues("AX")["memory.respelt"]).toBe(1);
    expect(cues("B")["memory.respelt"]).toBeUndefined();
    expect(cues(null)["memory.respelt"]).toBeUndefined();
    const once = recollect(known, "place", alike, (at) => at > 0);
    expect(memoryCues({ key: "A", mark: null, misprint: "AX" }, once)["memory.respelt"]).toBeUndefined();
  });

  test("what may not be remembered is not", async () => {
    const known = await exemplars();
    const alike = likenessTo(known)(await tokens(alder(77)));
    const recollection = recollect(known, "place", alike, (at) => at > 1);
    expect(memoryCues({ key: "A", mark: null, misprint: null }, recollection)).toEqual({});
  });

  test("holds no text of the page", async () => {
    expect((await tokens(alder(1))).every((token) => Number.isInteger(token))).toBe(true);
  });

  test("a record of reading counts like pages only, and never as certain", () => {
    const record = recordOf([
      { likeness: 0.9, right: true },
      { likeness: 0.9, right: true },
      { likeness: 0.1, right: false },
      { likeness: 0.8, right: null },
    ]);
    expect(record.wrong).toBe(0);
    expect(record.right).toBeGreaterThan(0.8);
    expect(record.right).toBeLessThan(1);
    expect(recordOf([])).toEqual({ right: 0, wrong: 0 });
  });
});
