import { afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../core/index.ts";
import type { Model } from "../ports/index.ts";

/**
 * What every model adapter promises. Call inside a test file:
 * `modelSuite({ create: () => createModelHost(…) })`.
 */
export interface ModelSuiteOptions {
  readonly create: () => Model;
  /** Time for one test, in ms. */
  readonly timeoutMs?: number;
}

const receipt = "Corner Bakery\n12 Mill Lane\n3 rolls 1.20\n1 loaf 4.30\nTOTAL 7.90\nThank you";
const totals = { document: receipt, question: "What is the total?", lead: "The total is", options: ["7.90", "1.20"] };
const tooLong = "a line of a very long document\n".repeat(4_000);
const schema: JsonObject = {
  type: "object",
  properties: {
    total: { type: "string", description: "total amount" },
    paid: { type: "boolean" },
    kind: { enum: ["receipt", "invoice"] },
  },
};

export function modelSuite({ create, timeoutMs = 60_000 }: ModelSuiteOptions): void {
  describe("model", { timeout: timeoutMs }, () => {
    const open: Model[] = [];
    const model = () => {
      const created = create();
      open.push(created);
      return created;
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((opened) => opened.close()));
    });

    test("says which files it works with", async () => {
      const { decoder, encoder } = await model().describe();
      for (const info of [decoder, encoder]) {
        expect(info.name).not.toBe("");
        expect(info.sha256).toMatch(/^[0-9a-f]{64}$/);
      }
    });

    describe("score", () => {
      test("gives every option a score, in order, whatever the order", async () => {
        const scoring = model();
        const { scores, tokens } = await scoring.score(totals);
        const reversed = await scoring.score({ ...totals, options: totals.options.toReversed() });
        expect(scores).toHaveLength(2);
        for (const score of scores) {
          expect(score.meanLogProb).toBeLessThanOrEqual(0);
          expect(score.meanLogProb).toBeGreaterThan(-100);
          expect(score.allowedMass).toBeGreaterThanOrEqual(0);
          expect(score.allowedMass).toBeLessThanOrEqual(1);
        }
        expect(tokens.prompt).toBeGreaterThan(0);
        expect(tokens.generated).toBe(0);
        reversed.scores
          .toReversed()
          .forEach((score, i) => expect(score.meanLogProb).toBeCloseTo(scores[i]?.meanLogProb ?? Number.NaN, 2));
      });

      test("keeps the document for the next question", async () => {
        const scoring = model();
        const first = await scoring.score(totals);
        const second = await scoring.score({ ...totals, question: "What is the price of a loaf?" });
        expect(first.tokens.reused).toBe(0);
        expect(second.tokens.reused).toBeGreaterThan(0);
        expect(second.tokens.reused).toBeLessThan(second.tokens.prompt);
      });

      test("gives the same scores whether the document was kept or read anew", async () => {
        const scoring = model();
        const fresh = await scoring.score(totals);
        await scoring.score({ ...totals, document: "Something else altogether" });
        const again = await scoring.score(totals);
        again.scores.forEach((score, i) =>
          expect(score.meanLogProb).toBeCloseTo(fresh.scores[i]?.meanLogProb ?? Number.NaN, 4),
        );
      });

      test("tells an option from one that begins with it", async () => {
        const { scores } = await model().score({ ...totals, options: ["7", "7.90", "7.901"] });
        expect(new Set(scores.map((score) => score.meanLogProb)).size).toBe(3);
      });

      test("takes an empty document", async () => {
        const { scores } = await model().score({ ...totals, document: "" });
        expect(scores.every((score) => Number.isFinite(score.meanLogProb))).toBe(true);
      });

      test("refuses a document longer than its context, and goes on", async () => {
        const scoring = model();
        await expect(scoring.score({ ...totals, document: tooLong })).rejects.toMatchObject({
          code: "model.context-overflow",
        });
        expect((await scoring.score(totals)).scores).toHaveLength(2);
      });
    });

    describe("quote", () => {
      const asked = { ...totals, passages: receipt.split("\n") };

      test("answers with words of the passages, the likeliest first", async () => {
        const { quotes, allowedMass, tokens } = await model().quote(asked);
        expect(quotes.length).toBeGreaterThan(0);
        for (const { passage, start, end, meanLogProb } of quotes) {
          expect(asked.passages[passage]?.slice(start, end)).toMatch(/^\S(.*\S)?$/);
          expect(meanLogProb).toBeLessThanOrEqual(0);
        }
        const means = quotes.map(({ meanLogProb }) => meanLogProb);
        expect(means).toEqual(means.toSorted((a, b) => b - a));
        expect(allowedMass).toBeGreaterThan(0);
        expect(allowedMass).toBeLessThanOrEqual(1);
        expect(tokens.prompt).toBeGreaterThan(0);
      });

      test("keeps the document for the next question, and answers the same", async () => {
        const quoting = model();
        const first = await quoting.quote(asked);
        const again = await quoting.quote(asked);
        expect(again.tokens.reused).toBeGreaterThan(0);
        expect(again.quotes.map(({ start, end }) => [start, end])).toEqual(
          first.quotes.map(({ start, end }) => [start, end]),
        );
      });

      test("has nothing to say where there are no words", async () => {
        const { quotes } = await model().quote({ ...asked, passages: ["", " -- "] });
        expect(quotes).toEqual([]);
      });

      test("refuses a document longer than its context", async () => {
        const quoting = model().quote({ ...asked, document: tooLong });
        await expect(quoting).rejects.toMatchObject({ code: "model.context-overflow" });
      });
    });

    describe("write", () => {
      test("writes JSON of the schema's form", async () => {
        const { text, tokens } = await model().write({
          document: receipt,
          instruction: "Write the fields as JSON.",
          schema,
          tokensMax: 200,
        });
        expect(JSON.parse(text)).toEqual({
          total: expect.any(String),
          paid: expect.any(Boolean),
          kind: expect.stringMatching(/^(receipt|invoice)$/),
        });
        expect(tokens.generated).toBeGreaterThan(0);
      });

      test("says so when the limit of tokens cuts the answer short", async () => {
        const writing = model().write({ document: receipt, instruction: "Write JSON.", schema, tokensMax: 2 });
        await expect(writing).rejects.toMatchObject({ code: "answer.cut-short" });
      });
    });

    describe("embed", () => {
      test("gives one unit vector a text, in order, the same for the same text", async () => {
        const embedding = model();
        const texts = ["the parcel is late", "an invoice", "", "the parcel is late"];
        const vectors = await embedding.embed(texts);
        expect(vectors).toHaveLength(4);
        for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
        expect(vectors[3]).toEqual(vectors[0]);
        expect((await embedding.embed(["an invoice"]))[0]).toEqual(vectors[1]);
        expect(vectors[1]).not.toEqual(vectors[0]);
      });

      test("of nothing is nothing", async () => {
        expect(await model().embed([])).toEqual([]);
      });
    });

    describe("calls", () => {
      test("are answered first come, first served", async () => {
        const queued = model();
        const order: string[] = [];
        const questions = ["first", "second", "third"];
        await Promise.all(
          questions.map((question) => queued.score({ ...totals, question }).then(() => order.push(question))),
        );
        expect(order).toEqual(questions);
      });

      test("end with the signal, and the next one is answered", async () => {
        const calling = model();
        const abort = new AbortController();
        const scoring = calling.score(totals, { signal: abort.signal });
        abort.abort();
        await expect(scoring).rejects.toMatchObject({ code: "cancelled" });
        await expect(calling.score(totals, { signal: abort.signal })).rejects.toMatchObject({ code: "cancelled" });
        expect((await calling.score(totals)).scores).toHaveLength(2);
      });

      test("end at their time limit, waiting included, and the next one is answered", async () => {
        const calling = model();
        const ahead = calling.score(totals);
        const late = calling.score({ ...totals, question: "What else?" }, { timeoutMs: 1 });
        await expect(late).rejects.toMatchObject({ code: "model.timeout" });
        expect((await ahead).scores).toHaveLength(2);
        expect((await calling.score(totals)).scores).toHaveLength(2);
      });

      test("are refused after close, which may be repeated", async () => {
        const closing = model();
        const [waiting] = await Promise.allSettled([closing.score(totals), closing.close()]);
        expect(waiting).toMatchObject({ status: "rejected", reason: { code: "cancelled" } });
        await closing.close();
        await expect(closing.score(totals)).rejects.toMatchObject({ code: "cancelled" });
      });
    });
  });
}
