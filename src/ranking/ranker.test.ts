import { describe, expect, it } from "vitest";
import { z } from "zod";
import { money } from "../core/index.ts";
import { readText } from "../document/flow/text.ts";
import { fieldsOf } from "./fields.ts";
import { fuse } from "./fuse.ts";
import { proposeFields } from "./propose.ts";
import type { Proposal } from "./proposal.ts";
import type { RankerProfile } from "./ranker.ts";

const ranker: RankerProfile = {
  schema: "weir.ranker/1",
  learned: { from: "set by hand", on: "2026-11-22", documents: 0 },
  paths: {},
  types: {
    date: { "left~own": 6, "above~own": 4, "left~rival": -4, absent: 2 },
    money: { "left~own": 6, "left~rival": -4, absent: 2 },
    identifier: { "left~own": 6, "left~rival": -4, absent: 2 },
    text: { "left~own": 6, absent: 2 },
    enum: { option: 1 },
    integer: { "left~own": 6, absent: 2 },
  },
};

const page = (text: string) => readText(new TextEncoder().encode(text), 10);

function proposed(schema: z.ZodObject, text: string): Readonly<Record<string, Proposal>> {
  const proposals = proposeFields(fieldsOf(schema), page(text), { ranker });
  return Object.fromEntries(proposals.map((one) => [one.path, one]));
}

describe("values are proposed for a schema nobody learned anything about", () => {
  const Order = z.object({
    contractNumber: z.string(),
    flightFrom: z.iso.date().describe("flight start date"),
    flightTo: z.iso.date().describe("flight end date"),
    grossAmount: money(),
    remark: z.string().nullable(),
    spots: z.int().describe("number of spots"),
    status: z.enum(["open", "closed"]),
    urgent: z.boolean(),
  });
  const text = `Contract number: C-4711/A\nOrder number: 999888
Flight start: 2026-03-01\nFlight end: 2026-03-31\nSpots: 42\nGross amount: 1,234.50\nNet amount: 1,000.00\nStatus: Open`;

  it("by the words of its paths and descriptions alone", () => {
    const fields = proposed(Order, text);
    expect(fields["contractNumber"]?.value).toBe("C-4711/A");
    expect(fields["flightFrom"]?.value).toBe("2026-03-01");
    expect(fields["flightTo"]?.value).toBe("2026-03-31");
    expect(fields["grossAmount"]?.value).toBe("1234.50");
    expect(fields["spots"]?.value).toBe(42);
    expect(fields["status"]?.value).toBe("open");
    expect(fields["remark"]?.value).toBeNull();
  });

  it("each with its place on the page, its rivals and its reasons", () => {
    const total = proposed(Order, text)["grossAmount"];
    expect(total?.spans).toEqual([{ page: 1, line: 6, text: "1,234.50", box: null }]);
    expect(total?.ranked.map((one) => one.value)).toEqual(["1234.50", "1000.00"]);
    expect(total?.margin).toBeCloseTo((total?.ranked[0]?.probability ?? 0) - (total?.ranked[1]?.probability ?? 0));
    expect(Object.values(total?.evidence ?? {}).every((signal) => signal >= 0 && signal <= 1)).toBe(true);
  });

  it("and never by pointing where nothing can be pointed at", () => {
    expect(proposed(Order, text)["urgent"]).toMatchObject({ value: null, spans: [] });
  });
});

describe("probabilities", () => {
  it("of one value printed at several places add up, and all together are 1", () => {
    const { due } = proposed(
      z.object({ due: z.iso.date().nullable() }),
      "Due 2026-03-01\nDue 2026-03-01\nBorn 1980-01-01",
    );
    expect(due?.ranked.map((one) => one.value)).toEqual(["2026-03-01", null, "1980-01-01"]);
    expect(due?.ranked.reduce((sum, one) => sum + one.probability, 0)).toBeCloseTo(1);
  });

  it("of a page without any candidate say absent", () => {
    const { due } = proposed(z.object({ due: z.iso.date() }), "nothing here");
    expect(due).toMatchObject({ value: null, probability: 1, spans: [] });
  });
});

describe("a second reading", () => {
  const schema = z.object({ due: z.iso.date().nullable() });
  const proposal = proposed(schema, "Due or paid 2026-03-01\nPaid or due 2026-04-01")["due"];
  if (proposal === undefined) throw new Error("no proposal");
  const option = (value: string | null, probability: number) => ({ value, probability });

  it("that agrees makes the best value likelier, and says so", () => {
    const fused = fuse(proposal, { options: [option(String(proposal.value), 0.9), option(null, 0.1)] });
    expect(fused.value).toBe(proposal.value);
    expect(fused.probability).toBeGreaterThan(proposal.probability);
    expect(fused.evidence["slm.agrees"]).toBe(1);
  });

  it("that disagrees strongly enough wins, with the span of its own value", () => {
    const other = proposal.ranked.find((one) => one.value !== proposal.value && one.value !== null);
    const fused = fuse(
      proposal,
      { options: [option(String(proposal.value), 1e-5), option(String(other?.value), 1)] },
      "slm",
      1,
    );
    expect(fused.value).toBe(other?.value);
    expect(fused.spans).toEqual(other?.spans);
    expect(fused.evidence["slm.agrees"]).toBe(0);
  });

  it("of a single value says nothing", () => {
    expect(fuse(proposal, { options: [option("2026-03-01", 1)] })).toBe(proposal);
  });
});
