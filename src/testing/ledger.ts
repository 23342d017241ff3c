import { afterEach, describe, expect, it } from "vitest";
import { firstBroken, firstHash } from "../ledger/index.ts";
import type { CallLimits, CallOutcome, Clock, Ledger, NewCall } from "../ports/index.ts";
import { type ManualClock, manualClock } from "./manual-clock.ts";

/** What the suite needs of a store; both ledgers are of one database, as two workers have them. */
export interface LedgerUnderTest {
  readonly one: Ledger;
  readonly two: Ledger;
  close(): Promise<void>;
}

const text = new TextEncoder();

const limits: CallLimits = {
  budget: { whenOver: "review" },
  patienceMs: 60_000,
  requestsPerMinute: 100,
  tokensPerMinute: 100_000,
  concurrent: 4,
  callMs: 30_000,
};

function question(key: string, changes: Partial<NewCall> = {}): NewCall {
  return {
    key,
    run: `run ${key}`,
    workflow: "bill",
    paths: ["total"],
    model: "openai:m",
    request: { method: "POST", url: "http://cloud/", headers: {} },
    body: text.encode(`{"question":"${key}"}`),
    tokens: 100,
    costNano: 1_000,
    ...changes,
  };
}

function answered(changes: Partial<CallOutcome> = {}): CallOutcome {
  return {
    status: "answered",
    response: { status: 200, headers: {} },
    body: text.encode("{}"),
    promptTokens: 60,
    completionTokens: 5,
    costNano: 700,
    problem: null,
    retryAt: null,
    answer: { value: { answers: ["a"] } },
    ...changes,
  };
}

/** What every place that keeps the record has to pass. */
export function ledgerSuite(name: string, create: (clock: Clock) => Promise<LedgerUnderTest>): void {
  describe(`ledger: ${name}`, () => {
    const open: LedgerUnderTest[] = [];
    const setUp = async (): Promise<LedgerUnderTest & { readonly clock: ManualClock }> => {
      const clock = manualClock();
      const made = await create(clock);
      open.push(made);
      return { ...made, clock };
    };
    afterEach(async () => {
      for (const made of open.splice(0)) await made.close();
    });

    it("has the bytes of a question before it goes, and its answer for whoever asks again", async () => {
      const { one, two } = await setUp();
      const verdict = await one.begin(question("a"), limits);
      expect(verdict).toEqual({ verdict: "go", call: { key: "a", attempt: 1 } });
      expect(await two.tries("a")).toMatchObject([{ status: "sending", attempt: 1, bytesOut: 16, endedAt: null }]);
      const [sent] = await two.entries({ run: "run a" });
      expect(new TextDecoder().decode(sent?.body ?? new Uint8Array())).toBe('{"question":"a"}');

      await one.end({ key: "a", attempt: 1 }, answered());
      expect(await two.tries("a")).toMatchObject([
        { status: "answered", promptTokens: 60, costNano: 700, answer: { value: { answers: ["a"] } } },
      ]);
      expect(await two.tries("b")).toEqual([]);
    });

    it("keeps one chain however many write at once", async () => {
      const { one, two } = await setUp();
      const writers = Array.from({ length: 20 }, async (_, at) => {
        const ledger = at % 2 === 0 ? one : two;
        await ledger.append({ kind: "decided", run: `run ${at}`, data: { at }, body: null });
      });
      await Promise.all(writers);
      const entries = await one.entries({});
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
      expect(firstBroken(entries, { seq: 0, hash: firstHash })).toBeNull();
      expect((await two.entries({ afterSeq: 15, limit: 3 })).map(({ seq }) => seq)).toEqual([16, 17, 18]);
    });

    it("spends no budget twice when two workers ask at once", async () => {
      const { one, two } = await setUp();
      const tight = { ...limits, budget: { day: { tokens: 250 }, whenOver: "review" as const } };
      const verdicts = await Promise.all(
        ["a", "b", "c", "d"].map(async (key, at) => await (at % 2 === 0 ? one : two).begin(question(key), tight)),
      );
      expect(verdicts.filter(({ verdict }) => verdict === "go")).toHaveLength(2);
      expect(verdicts.filter(({ verdict }) => verdict === "no")).toHaveLength(2);
    });

    it("lets all workers together have no more under way, and no more a minute, than the provider takes", async () => {
      const { one, two, clock } = await setUp();
      const ask = async (keys: readonly string[], narrow: object) => {
        const narrower = { ...limits, ...narrow };
        return await Promise.all(
          keys.map(async (key, at) => await (at % 2 === 0 ? one : two).begin(question(key), narrower)),
        );
      };
      const went = (verdicts: Awaited<ReturnType<typeof ask>>) =>
        verdicts.flatMap((each) => (each.verdict === "go" ? [each.call] : []));
      const first = went(await ask(["a", "b", "c", "d"], { concurrent: 2 }));
      expect(first).toHaveLength(2);
      for (const call of first) await one.end(call, answered({}));
      expect(went(await ask(["e", "f", "g", "h"], { requestsPerMinute: 3 }))).toHaveLength(1);
      await clock.advance(61_000);
      expect(went(await ask(["i", "j"], { requestsPerMinute: 3 }))).toHaveLength(2);
    });

    it("counts what was used instead of the estimate, nothing for what nobody worked on, the estimate for what got lost", async () => {
      const { one } = await setUp();
      const tight = { ...limits, budget: { day: { tokens: 300 }, whenOver: "review" as const } };
      await one.begin(question("a"), tight);
      await one.end({ key: "a", attempt: 1 }, answered({ promptTokens: 190, completionTokens: 0 }));
      expect(await one.begin(question("b"), tight)).toMatchObject({ verdict: "go" });
      expect(await one.begin(question("c"), tight)).toMatchObject({ verdict: "no", code: "cloud.budget" });
      const down = { promptTokens: 0, completionTokens: 0, costNano: 0, answer: null };
      await one.end({ key: "b", attempt: 1 }, answered({ ...down, status: "unavailable", problem: "HTTP 503" }));
      expect(await one.begin(question("c"), tight)).toMatchObject({ verdict: "go" });
      await one.end({ key: "c", attempt: 1 }, answered({ ...down, status: "lost", problem: "no answer in time" }));
      expect(await one.begin(question("d"), tight)).toMatchObject({ verdict: "no" });
    });

    it("opens the circuit for all workers, and lets one through when its time is over", async () => {
      const { one, two, clock } = await setUp();
      for (const key of ["a", "b", "c"]) {
        await one.begin(question(key), limits);
        const down = { status: "unavailable", problem: "HTTP 500", answer: null, costNano: 0 } as const;
        await one.end({ key, attempt: 1 }, answered(down));
      }
      const closed = await two.begin(question("d"), limits);
      expect(closed).toMatchObject({ verdict: "wait", reason: "retry" });
      expect(await two.tries("d")).toMatchObject([{ status: "unavailable", attempt: 0 }]);
      await clock.advance(2_000);
      expect(await two.begin(question("d"), limits)).toEqual({ verdict: "go", call: { key: "d", attempt: 1 } });
      expect(await one.begin(question("e"), limits)).toMatchObject({ verdict: "wait" });
    });
  });
}
