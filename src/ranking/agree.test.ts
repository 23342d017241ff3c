import { describe, expect, it } from "vitest";
import { z } from "zod";
import { money } from "../core/index.ts";
import { agree, sumRoles } from "./agree.ts";
import { fieldsOf } from "./fields.ts";
import type { Ranked } from "./ranker.ts";

const ranked = (values: Readonly<Record<string, number>>): readonly Ranked[] =>
  Object.entries(values).map(([value, probability]) => ({
    value: value === "absent" ? null : value,
    probability,
    score: 0,
    candidate: null,
    places: [],
    cues: {},
  }));

const nothing = { rates: [], roundings: [] };

describe("sums are chosen together", () => {
  it("what adds up wins over what looked likelier alone", () => {
    const { total } = agree(
      {
        net: ranked({ "100.00": 0.7, "90.00": 0.3 }),
        tax: ranked({ "19.00": 0.7, "5.00": 0.3 }),
        total: ranked({ "100.00": 0.6, "119.00": 0.4 }),
      },
      nothing,
    );
    expect(total?.[0]?.value).toBe("119.00");
    expect(total?.[0]?.probability).toBeGreaterThan(0.9);
  });

  it("a rate printed on the page decides between two sums that add up", () => {
    const rankings = {
      net: ranked({ "100.00": 0.5, "113.00": 0.5 }),
      tax: ranked({ "19.00": 0.5, "6.00": 0.5 }),
      total: ranked({ "119.00": 1 }),
    };
    expect(agree(rankings, { rates: ["19"], roundings: [] }).net?.[0]?.value).toBe("100.00");
    expect(agree(rankings, { rates: ["5.31"], roundings: [] }).net?.[0]?.probability).toBeLessThan(0.95);
  });

  it("a cent off is not a sum", () => {
    const rankings = {
      net: ranked({ "100.00": 1 }),
      tax: ranked({ "19.00": 1 }),
      total: ranked({ "119.01": 0.5, "119.00": 0.5 }),
    };
    expect(agree(rankings, nothing).total?.[0]?.value).toBe("119.00");
  });

  it("a rounding printed on the page belongs to the total", () => {
    const rankings = {
      net: ranked({ "96.00": 1 }),
      tax: ranked({ "5.76": 1 }),
      total: ranked({ "101.76": 0.7, "101.75": 0.3 }),
    };
    expect(agree(rankings, { rates: ["6"], roundings: ["-0.01"] }).total?.[0]?.value).toBe("101.75");
  });

  it("without tax on the page the total stands alone", () => {
    const { total } = agree(
      { net: ranked({ absent: 1 }), tax: ranked({ absent: 1 }), total: ranked({ "12.00": 0.8, "20.00": 0.2 }) },
      nothing,
    );
    expect(total?.map((one) => one.value)).toEqual(["12.00", "20.00"]);
    expect(total?.[0]?.probability).toBeCloseTo(0.8);
  });

  it("negative sums of credit notes agree like others", () => {
    const rankings = {
      net: ranked({ "-100.00": 1 }),
      tax: ranked({ "-19.00": 1 }),
      total: ranked({ "-100.00": 0.6, "-119.00": 0.4 }),
    };
    expect(agree(rankings, nothing).total?.[0]?.value).toBe("-119.00");
  });

  it("no more is due than the total", () => {
    const { due } = agree(
      { total: ranked({ "119.00": 1 }), due: ranked({ "500.00": 0.45, "119.00": 0.35, "69.00": 0.2 }) },
      nothing,
    );
    expect(due?.[0]?.value).toBe("119.00");
  });
});

describe("the sums of a schema are known by what they are called", () => {
  it("in any language of the lexicon, and columns of tables are none", () => {
    const schema = z.object({
      nettobetrag: money(),
      mwst: money(),
      gesamtbetrag: money(),
      zuZahlen: money().describe("zu zahlen"),
      lines: z.array(z.object({ total: money() })),
    });
    const roles = sumRoles(fieldsOf(schema));
    expect([...roles].map(([role, field]) => [role, field.path])).toEqual([
      ["net", "nettobetrag"],
      ["tax", "mwst"],
      ["total", "gesamtbetrag"],
      ["due", "zuZahlen"],
    ]);
  });
});
