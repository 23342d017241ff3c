import { join } from "node:path";
import { expect, test } from "vitest";
import { decided, resultWith } from "../../../test/support/results.ts";
import { type Result, jsonSchema } from "../../core/index.ts";
import { loadWorkflow } from "../../load-workflow.ts";
import { paintWith } from "../render/text.ts";
import { askedPaths, jsonObjectFile, scoreWay } from "./compare.ts";
import { examples, labelledExamples } from "./examples.ts";
import { InboxLog, mostDoubtful } from "./inbox.ts";
import { messagesText } from "./messages.ts";
import { recordText } from "./record.ts";
import { comparisonText, killedText, readingTable } from "./render.ts";

const paint = paintWith(false);

const decision = (value: string | null, change: Partial<Result["decisions"][string]> = {}) =>
  decided(value, {
    source: value === null ? [] : [{ page: 1, line: 13, text: `Total ${value}`, box: null }],
    ...change,
  });

const result = (change: Partial<Result>) =>
  resultWith({
    usage: { ...resultWith().usage, local: { promptTokens: 100, reusedTokens: 40, generatedTokens: 5 } },
    ...change,
  });

test("both ways are scored on exactly what the usual way is asked", async () => {
  const { definition } = await loadWorkflow(jsonObjectFile, join(import.meta.dirname));
  if (!definition.schema) throw new Error("The workflow decides nothing.");
  const { properties } = jsonSchema(definition.schema) as { properties: Record<string, { properties?: object }> };
  const paths = Object.entries(properties).flatMap(([key, field]) =>
    field.properties ? Object.keys(field.properties).map((inner) => `${key}.${inner}`) : [key],
  );
  expect(paths).toEqual([...askedPaths]);
});

test("every example comes with a truth for all that is compared", async () => {
  for (const ids of Object.values(examples)) {
    for (const { truth } of await labelledExamples(ids)) {
      expect(Object.keys(truth ?? {})).toEqual(expect.arrayContaining(["number", "issuedOn", "seller", "total"]));
    }
  }
  await expect(labelledExamples(["no-such"])).rejects.toMatchObject({ code: "document.missing" });
});

test("a bare object hands out every wrong value; where doubts are marked only accepted ones count", () => {
  const truth = { number: "7", issuedOn: "2026-01-02", dueOn: null, seller: { name: "A" }, total: "3.00" };
  const decisions = {
    number: decision("7", { status: "accepted" }),
    issuedOn: decision("2026-01-03", { status: "accepted" }),
    total: decision("4.00"),
    dueOn: decision(null),
  };
  const timed = { results: [result({ decisions })], ms: 1_500 };
  const common = { answers: 7, right: 2, tokens: 65, ms: 1_500, bytesOut: 0 };
  expect(scoreWay([{ truth }], timed, "doubts")).toEqual({ ...common, taken: 2, takenWrong: 1 });
  expect(scoreWay([{ truth }], timed, "none")).toEqual({ ...common, taken: 7, takenWrong: 5 });
});

test("the comparison prints what was measured, side by side", () => {
  const way = { answers: 28, right: 3, taken: 28, takenWrong: 25, tokens: 2_400, ms: 19_300, bytesOut: 0 };
  const weir = { ...way, right: 25, taken: 9, takenWrong: 0, tokens: 700, ms: 8_040 };
  const comparison = { model: "small", documents: 4, usual: way, weir, deciders: { learned: 19, rule: 9 } };
  const text = comparisonText(comparison, 100, paint);
  expect(text).toMatch(/right answers +3 of 28 +25 of 28\n/);
  expect(text).toMatch(/of these wrong +25 +0\n/);
  expect(text).toMatch(/seconds +19\.3 +8\.0\n/);
  expect(text).toContain("learned ranker 19, rule 9");
  expect(text).toContain("here for 700 tokens");
  expect(comparisonText({ ...comparison, weir: { ...weir, tokens: 0 } }, 100, paint)).toContain("here not once");
});

test("the table says of each value whether it is accepted and where it stands", () => {
  const decisions = { total: decision("375.00", { status: "accepted" }), number: decision("7"), other: decision("x") };
  const lines = readingTable([result({ decisions })], 100, paint).split("\n");
  expect(lines[1]).toMatch(/^a\.pdf +number +7 +waits +p1:13 "Total 7"$/);
  expect(lines[2]).toMatch(/^ +total +375\.00 +accepted +p1:13 "Total 375\.00"$/);
  expect(lines.at(-1)).toBe("Of all 3 values 1 is proven and accepted; the rest waits for you.");
});

test("a rule that does not hold is shown before a value that is only likely", () => {
  const doubt = (code: string, message: string) => ({ code, paths: [], message, step: "s" });
  const first = result({ id: "a", doubts: [doubt("review.needed", "number is likely but not proven")] });
  const second = result({ id: "b", doubts: [doubt("review.needed", "x"), doubt("rule.sums", "1 plus 1 is not 3")] });
  expect(mostDoubtful([first, second])).toEqual({ result: second, doubt: "1 plus 1 is not 3" });
  expect(mostDoubtful([first])?.doubt).toBe("number is likely but not proven");
  expect(mostDoubtful([result({})])).toBeNull();
});

test("the inbox is read when each file waits or rests, and its trouble is thrown", () => {
  const log = new InboxLog();
  const files = ["invoice/a.pdf", "invoice/b.pdf"];
  log.add({ type: "file.waits", file: "invoice/b.pdf", run: "2", status: "review" });
  expect(log.runsOf(files)).toBeNull();
  log.add({ type: "file.rested", file: "invoice/a.pdf", run: "1", folder: "done", path: "/done/a.pdf" });
  expect(log.runsOf(files)).toEqual(["1", "2"]);
  log.add({ type: "trouble", error: { code: "inbox.trouble", message: "it is gone", hint: "Mend it." } });
  expect(() => log.runsOf(files)).toThrow("it is gone");
});

test("the kill is told with its counts", () => {
  const tally = { documents: 6, results: 6, lost: 0, doubled: 0, steps: 30, redone: 1 };
  const killed = { first: { pid: 11, done: 3, interrupted: ["extract of a.pdf"] }, second: { pid: 12 }, tally };
  const text = killedText(killed);
  expect(text).toContain("when 3 of 6 documents were read, in the middle of extract of a.pdf.");
  expect(text).toMatch(/documents in 6 +results out 6 +lost 0 +doubled 0 +steps done again 1 of 30$/);
});

test("a record is shown list by list, with what is said of an entry and where it stands", () => {
  const at = (value: string | boolean, line: number) => ({
    ...decision(String(value)),
    value,
    source: [{ page: 1, line, text: "x", box: null }],
  });
  const text = recordText(
    result({
      decisions: {
        "problems.0.name": at("Gout", 4),
        "problems.0.status": at("active", 4),
        "problems.0.uncertain": at(true, 4),
        "stated.medications": at("none known", 6),
        "stated.allergies": at("not stated", 6),
        "coverage.lines": { ...decision(null), value: 9 },
        "coverage.elsewhere": { ...decision(null), value: ["1:7-8"] },
      },
    }),
    100,
    paint,
  );
  expect(text).toMatch(/problems +Gout +active, uncertain +p1:4/);
  expect(text).toMatch(/medications +none known/);
  expect(text).toMatch(/allergies +not stated/);
  expect(text).toContain("9 lines; in no known section and no fact: 1:7-8.");
});

test("of each message stands where it goes or why it waits, and a reply of what the shop knows", () => {
  const doubts = [{ code: "review.needed", paths: ["route"], message: "route is likely but not proven", step: "s" }];
  const answered = {
    route: decision("delivery", { status: "accepted", confidence: 0.987 }),
    orderNumber: decision("100006"),
    outcome: decision("found"),
    reply: decision("Hello,\n\nit comes on 8 July 2026."),
  };
  const text = messagesText(
    {
      learned: 72,
      results: [
        result({ id: "a.txt", status: "succeeded", decisions: answered }),
        result({
          id: "b.txt",
          status: "review",
          decisions: { route: decision("product", { confidence: 0.76 }) },
          doubts,
        }),
      ],
    },
    120,
    paint,
  );
  expect(text).toMatch(/a\.txt +delivery +98 % +sorted +order 100006: found\n/);
  expect(text).toMatch(/b\.txt +product +76 % +waits +route is likely but not proven\n/);
  expect(text).toMatch(/The reply to a\.txt.*:\n {2}Hello,\n\n {2}it comes on 8 July 2026\.$/);
});
