import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defaultBackoff, delayAfter } from "./backoff.ts";
import { boxAround, spanOf } from "./document.ts";
import { InvariantBroken, WeirError, asWeirError, errorCodes } from "./errors.ts";
import { idSource } from "./ids.ts";
import { canonicalJson } from "./json.ts";
import { Money, money } from "./money.ts";
import { nestOutput, schemaPath, valueAt } from "./path.ts";
import { assertMove, canMove, isSettled, runStatuses, transitions } from "./run.ts";

describe("money", () => {
  test("is exact where numbers are not", () => {
    expect(Money.of("0.1").plus(Money.of("0.2")).toString()).toBe("0.30");
    expect(Money.of("1.005").round().toString()).toBe("1.01");
    expect(Money.of("19").times("0.19").toString()).toBe("3.61");
    expect(Money.of("-8.79").abs().minus(Money.of("8.79")).eq(Money.of("0"))).toBe(true);
    expect(Money.of("2").cmp(Money.of("10"))).toBe(-1);
    expect(JSON.stringify({ total: Money.of("0.125") })).toBe('{"total":"0.125"}');
  });

  test("is a decimal string in state and results, Money in rules", () => {
    expect(z.decode(money(), "327.5").toString()).toBe("327.50");
    expect(z.encode(money(), Money.of("327.5"))).toBe("327.50");
    expect(money().safeParse("327,50").success).toBe(false);
    expect(z.toJSONSchema(money(), { io: "input" })).toMatchObject({ type: "string" });
  });
});

describe("paths", () => {
  const at = (value: string, accepted = true) => ({
    value,
    confidence: null,
    status: accepted ? ("accepted" as const) : ("review" as const),
    by: "rule" as const,
    source: [],
    alternatives: [],
    evidence: {},
  });

  test("flat decisions make a nested output in which only accepted values stand", () => {
    const output = nestOutput({
      total: at("3.00"),
      "seller.name": at("Weir"),
      "seller.vatId": at("X", false),
      "lines.10.amount": at("2.00"),
      "lines.9.amount": at("1.00"),
    });
    expect(output).toEqual({
      total: "3.00",
      seller: { name: "Weir", vatId: null },
      lines: [{ amount: "1.00" }, { amount: "2.00" }],
    });
  });

  test("a path names the same place in schema and value", () => {
    expect(schemaPath("lines.3.amount")).toBe("lines.*.amount");
    expect(valueAt({ lines: [{ amount: "1" }] }, "lines.0.amount")).toBe("1");
    expect(valueAt({ a: null }, "a.b")).toBeUndefined();
  });
});

describe("run states", () => {
  test("nothing leaves a success, and every state named as a target exists", () => {
    expect(transitions.succeeded).toEqual([]);
    for (const targets of Object.values(transitions)) {
      for (const target of targets) expect(runStatuses).toContain(target);
    }
  });

  test("a move that is not in the table is a bug", () => {
    expect(canMove("queued", "running")).toBe(true);
    expect(() => assertMove("succeeded", "running")).toThrow(InvariantBroken);
    expect(isSettled("review")).toBe(true);
    expect(isSettled("waiting")).toBe(false);
  });
});

describe("backoff", () => {
  test("grows, is capped, spreads by a quarter and ends", () => {
    expect(delayAfter(1, 0)).toBe(1_000);
    expect(delayAfter(2, 0)).toBe(4_000);
    expect(delayAfter(1, 1)).toBe(750);
    expect(delayAfter(3, 0, { ...defaultBackoff, mostMs: 5_000 })).toBe(5_000);
    expect(delayAfter(4, 0)).toBeNull();
  });
});

describe("errors", () => {
  test("carry code, hint and the engine's next move", () => {
    const error = new WeirError("document.empty", "The file is empty.");
    expect(error.next).toBe("fail");
    expect(error.info()).toEqual({
      code: "document.empty",
      message: "The file is empty.",
      hint: errorCodes["document.empty"].hint,
    });
  });

  test("anything thrown becomes one, keeping its cause", () => {
    const cause = new TypeError("x is undefined");
    expect(asWeirError(cause)).toMatchObject({ code: "internal", message: "x is undefined", cause });
    expect(asWeirError("text", "step.failed").code).toBe("step.failed");
    const own = new WeirError("run.unknown", "No such run.");
    expect(asWeirError(own)).toBe(own);
  });
});

test("equal values have one canonical text, whatever the order of their keys", () => {
  expect(canonicalJson({ b: [1, { d: 2, c: undefined }], a: null })).toBe(canonicalJson({ a: null, b: [1, { d: 2 }] }));
  expect(canonicalJson("x")).toBe('"x"');
});

test("ids sort by time and never repeat within a millisecond", () => {
  const next = idSource(
    () => 1_000,
    () => 0.5,
  );
  const ids = [next(), next(), next()];
  expect(new Set(ids).size).toBe(3);
  expect(ids.toSorted()).toEqual(ids);
});

test("a span is boxed by the words it touches", () => {
  const words = [
    { text: "Total", start: 0, end: 5, box: [10, 20, 30, 8] as const },
    { text: "9.00", start: 7, end: 11, box: [60, 19, 20, 9] as const },
  ];
  const line = { page: 1, line: 3, text: "Total  9.00", words, box: null };
  expect(spanOf(line, 7, 11)).toEqual({ page: 1, line: 3, text: "9.00", box: [60, 19, 20, 9] });
  expect(spanOf(line).box).toEqual([10, 19, 70, 9]);
  expect(boxAround([null])).toBeNull();
});
