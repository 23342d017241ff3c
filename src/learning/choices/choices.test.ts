import { describe, expect, test } from "vitest";
import { auroc } from "../../confidence/index.ts";
import { seeded } from "../../confidence/index.ts";
import { choose, gramsOf, learnChoices, packChoice, sortExamples, unpackChoice } from "./index.ts";

const topics: Readonly<Record<string, readonly string[]>> = {
  refund: ["refund", "money", "back", "charged", "twice", "paid"],
  delivery: ["parcel", "courier", "late", "arrive", "tracking", "shipping"],
  login: ["password", "reset", "account", "locked", "email", "code"],
  praise: ["thanks", "great", "love", "service", "kind", "helpful"],
};
const fillers = ["please", "hello", "today", "my", "the", "was", "with", "since", "order", "about"];
const choices = Object.keys(topics).toSorted();
const axes = [...new Set([...Object.values(topics).flat(), ...fillers])];

/** A bag of words as a unit vector: what an encoder would make of it, only plainer. */
function vectorOf(text: string): Float32Array {
  const words = text.toLowerCase().split(" ");
  const counts = Float32Array.from(axes, (axis) => words.filter((word) => word === axis).length);
  const length = Math.hypot(...counts) || 1;
  return counts.map((count) => count / length);
}

/** Messages of invented topics; a share of them says nothing of its topic. */
function invented(count: number, seed: number, empty = 0.15) {
  const random = seeded(seed);
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? "";
  return Array.from({ length: count }, (_zero, at) => {
    const choice = choices[at % choices.length] ?? "";
    const own = random() < empty ? fillers : (topics[choice] ?? []);
    const words = Array.from({ length: 6 }, (_one, place) => pick(place % 2 === 0 ? own : fillers));
    return { id: `m${at}`, source: `m${at}`, text: words.join(" "), choice };
  });
}

function taught(messages: ReturnType<typeof invented>) {
  const known = [...new Set(messages.map(({ choice }) => choice))].toSorted();
  const width = axes.length;
  const vectors = new Float32Array(messages.length * width);
  for (const [at, { text }] of messages.entries()) vectors.set(vectorOf(text), at * width);
  const material = {
    width,
    vectors,
    classes: known.length,
    grams: messages.map(({ text }) => gramsOf({ head: text, body: "" })),
    labels: Int32Array.from(messages, ({ choice }) => known.indexOf(choice)),
    names: new Float32Array(known.length * width),
  };
  const learnt = learnChoices(material, messages, () => {});
  const packed = packChoice(
    learnt,
    known,
    material,
    messages.map(({ id }) => id),
  );
  return { learnt, packed, labels: material.labels, model: unpackChoice(JSON.parse(JSON.stringify(packed))) };
}

const answer = (model: ReturnType<typeof unpackChoice>, text: string) =>
  choose(model, { head: text, body: "" }, vectorOf(text));

describe("learning to choose", () => {
  const messages = invented(240, 1);
  const { learnt, packed, labels, model } = taught(messages);

  test("messages never seen go where their like went, and confidences tell right from wrong", () => {
    const fresh = invented(200, 2);
    const answers = fresh.map(({ text, choice }) => {
      const { value, confidence } = answer(model, text);
      return { right: value === choice, confidence };
    });
    expect(answers.filter(({ right }) => right).length / answers.length).toBeGreaterThan(0.85);
    expect(auroc(answers)).toBeGreaterThan(0.85);
  });

  test("every example is answered by readers that had not learned from it", () => {
    expect(learnt.answers).toHaveLength(messages.length);
    const right = learnt.answers.filter((one, at) => one?.choice === labels[at]).length;
    const sure = learnt.answers.reduce((sum, one) => sum + (one?.confidence ?? 0), 0);
    // What says nothing of its topic cannot be known: only readers that had seen it would be right.
    expect(right / messages.length).toBeLessThan(0.96);
    expect(Math.abs(sure - right) / messages.length).toBeLessThan(0.06);
  });

  test("the same examples give the same lesson, byte for byte", () => {
    expect(JSON.stringify(taught(messages).packed)).toBe(JSON.stringify(packed));
  });

  test("a lesson of another version is refused, not misread", () => {
    const older = { ...JSON.parse(JSON.stringify(packed)), version: 1 };
    expect(() => unpackChoice(older)).toThrow(expect.objectContaining({ code: "profile.damaged" }));
  });

  test("the nearest known messages are named", () => {
    const [first] = answer(model, messages[0]?.text ?? "").nearest;
    expect(first).toMatchObject({ value: messages[0]?.choice });
    expect(first?.similarity).toBeCloseTo(1, 1);
  });

  test("a topic that was never taught is trusted less than those that were", () => {
    const part = taught(messages.filter(({ choice }) => choice !== "login"));
    const fresh = invented(200, 3, 0);
    const sureOf = (some: typeof fresh) => some.map(({ text }) => answer(part.model, text).confidence);
    const strange = sureOf(fresh.filter(({ choice }) => choice === "login")).toSorted((a, b) => b - a);
    const known = sureOf(fresh.filter(({ choice }) => choice !== "login")).toSorted((a, b) => a - b);
    const threshold = known[Math.floor(known.length * 0.05)] ?? 1;
    expect(strange.filter((one) => one < threshold).length / strange.length).toBeGreaterThan(0.8);
  });

  test("values that may not be answered are not", () => {
    const { value } = choose(
      model,
      { head: "refund money back", body: "" },
      vectorOf("refund money back"),
      new Set(["login", "praise"]),
    );
    expect(["login", "praise"]).toContain(value);
  });
});

test("one text with two answers is listed and not learned from; the only example of a choice is listed", () => {
  const {
    usable,
    choices: known,
    problems,
  } = sortExamples("route", [
    { id: "a", text: "Where is my card?", choice: "arrival" },
    { id: "b", text: "where is my CARD", choice: "lost" },
    { id: "c", text: "Where is it?", choice: "arrival" },
    { id: "d", text: "It came today", choice: "arrival" },
    { id: "e", text: "Stolen!", choice: "theft" },
    { id: "f", text: "…", choice: "arrival" },
  ]);
  expect(usable).toEqual([2, 3, 4]);
  expect(known).toEqual(["arrival", "theft"]);
  expect(problems.map(({ example, message }) => [example, message])).toEqual([
    ["a", 'the same text is "arrival" here and "lost" in example b: decide which is right'],
    ["b", 'the same text is "lost" here and "arrival" in example a: decide which is right'],
    ["f", "the message holds no words"],
    ["e", 'it is the only example of "theft": give at least two'],
  ]);
});
