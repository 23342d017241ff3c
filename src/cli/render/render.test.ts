import { expect, test } from "vitest";
import { decided, resultWith } from "../../../test/support/results.ts";
import type { Result } from "../../core/index.ts";
import { resultDetail, resultTable, summary } from "./result.ts";
import { bar, cut, duration, paintWith, plain, table, width } from "./text.ts";

const paint = paintWith(false);

const decision = (value: string | null, status: "accepted" | "review", more = {}) =>
  decided(value, { status, by: "rule", ...more });

const result = (change: Partial<Result>) => resultWith({ status: "succeeded", ...change });

test("text from a document cannot steer the terminal", () => {
  expect(plain("a\u001b[2J\u0007b\nc\u202Ed")).toBe("a [2J b c d");
  const hostile = result({ id: "x\u001b]0;owned\u0007.pdf", decisions: { total: decision("1\u001b[31m", "review") } });
  expect(resultTable([hostile], 120, paint)).not.toContain("\u001b");
  expect(resultDetail(hostile, 120, paint)).not.toContain("\u001b");
});

test("columns are counted as a terminal shows them", () => {
  expect(width("Müller")).toBe(6);
  expect(width("請求書")).toBe(6);
  expect(width(paintWith(true).red("ab"))).toBe(2);
  expect(cut("請求書番号", 5)).toBe("請求…");
  expect(cut("short", 5)).toBe("short");
});

test("a table fits the terminal by cutting the columns that may shrink", () => {
  const lines = table(
    [{ title: "a" }, { title: "b", least: 6 }],
    [["fixed", "a long cell that does not fit"]],
    16,
    paint,
  );
  expect(lines).toEqual(["a      b", "fixed  a long c…"]);
  expect(lines.every((line) => width(line) <= 16)).toBe(true);
});

test("each document is a line with its main values, what is proven and what is open", () => {
  const open = result({
    id: "b.pdf",
    status: "review",
    decisions: { currency: decision("EUR", "accepted"), total: decision("375.00", "review") },
    doubts: [{ code: "rule.sums", paths: ["total"], message: "net and tax are not the total", step: "sums" }],
  });
  const text = resultTable([result({}), open], 140, paint);
  expect(text).toMatch(/b\.pdf +needs you +total 375\.00 · currency EUR +1\/2 +net and tax are not the total/);
  expect(summary([result({}), open])).toBe("2 documents: 1 done, 1 needs you");
});

test("an error and skipped pages are shown, not swallowed", () => {
  const error = { code: "document.encrypted", message: "a password is needed", hint: "Save a copy without one." };
  const failed = result({
    status: "failed",
    error,
    document: { sha256: "0", name: "a", pages: 2, complete: false, skipped: [{ page: 2, reason: "page.no-text" }] },
  });
  const text = resultDetail(failed, 100, paint);
  expect(text).toContain("a password is needed (document.encrypted)\nSave a copy without one.");
  expect(text).toContain("not read: page 2 (page.no-text)");
});

test("a field shows how sure it is and where it stands", () => {
  const decisions = { total: decision("1.00", "accepted", { confidence: 0.987 }), iban: decision(null, "review") };
  const text = resultDetail(result({ decisions }), 100, paint);
  expect(text).toMatch(/✓ +total +1\.00 +99 % +rule +p1:12 +Total 1\.00/);
  expect(text).toMatch(/\? +iban +– +open +rule/);
});

test("durations read as people say them", () => {
  expect([duration(850), duration(3_210), duration(250_000)]).toEqual(["850 ms", "3.2 s", "4 min 10 s"]);
});

test("a bar is as full as the work is done, and there is none for a single document", () => {
  expect([bar(0, 4), bar(1, 4), bar(4, 4)].map((drawn) => drawn.replaceAll("░", "").length)).toEqual([0, 5, 20]);
  expect(new Set([bar(0, 304), bar(7, 304), bar(304, 304)].map((drawn) => drawn.length))).toEqual(new Set([20]));
  expect(bar(0, 1)).toBe("");
});

test("what an agent did is shown turn by turn, with who chose it", () => {
  const found = result({
    actions: [
      {
        step: "agent",
        turn: 1,
        tool: "look up order",
        arguments: { number: "104233" },
        source: [],
        by: "learned",
        tokens: 0,
        outcome: { status: "failed", code: "lookup.timeout", message: "the shop did not answer" },
      },
    ],
  });
  expect(resultDetail(found, 120, paint)).toMatch(/1 +look up order +104233 +learned +failed: the shop did not answer/);
});
