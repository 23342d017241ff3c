import { describe, expect, test } from "vitest";
import type { OutOfFold } from "../core/index.ts";
import { acceptance } from "./accept.ts";
import { certify } from "./certificates.ts";
import { pooledPaths, pooledSteps } from "./pooled.ts";

/** Documents with a date that is always right and an address that is wrong as said, from the most confident down. */
function rows(n: number, isWrong: (at: number) => boolean): readonly OutOfFold[] {
  return Array.from({ length: n }, (_, at) => at).flatMap((at) => {
    const answer = { example: `document ${at}`, population: "new" as const, value: "" };
    return [
      { ...answer, path: "date", confidence: 0.999 - at / 1e6, right: true },
      { ...answer, path: "address", confidence: 0.98 - at / 1e4, right: !isWrong(at) },
    ];
  });
}

const own = (example: string) => example;

describe("a promise of all fields together", () => {
  test("what a field that is read well leaves of the risk goes to the others", () => {
    const made = certify(
      rows(100, (at) => at % 16 === 15),
      { risk: 0.05, sourceOf: own },
    );
    const accepts = (promise: "expected" | "pooled") =>
      acceptance(made, { promise, risk: 0.05, population: "new" })("address", 0.975);
    expect(accepts("expected")).toBeNull();
    expect(accepts("pooled")).toMatchObject({ path: "address", promise: "pooled", labels: 100, wrong: 6 });
    expect(accepts("pooled")?.method).toMatch(/^all fields together/);
  });

  test("one threshold rules over every field, and its bound is that of all", () => {
    const made = certify(
      rows(100, (at) => at > 70),
      { risk: 0.05, sourceOf: own },
    );
    const all = made.filter((one) => one.promise === "pooled" && one.risk === 0.05 && one.population === "new");
    const [date, address] = ["date", "address"].map((path) => all.find((one) => one.path === path));
    expect(date?.threshold).toBe(address?.threshold);
    expect(date?.bound).toBe(address?.bound);
    expect(date).toMatchObject({ accepted: 100, wrong: 0 });
    expect(address?.wrong).toBeGreaterThan(0);
    const { accepted = 0, wrong = 0 } = address ?? {};
    expect((wrong / 2 + 1) / ((100 + accepted) / 2)).toBeLessThanOrEqual(0.05);
  });

  test("values of one document are one witness: as many documents are needed as for a field", () => {
    const risked = (n: number) =>
      certify(
        rows(n, () => false),
        { risk: 0.05, sourceOf: own },
      ).find((one) => one.promise === "pooled" && one.risk === 0.05 && one.population === "any");
    expect(risked(19)).toMatchObject({ threshold: null, missing: 1 });
    expect(risked(20)?.threshold).not.toBeNull();
    const [last] = pooledSteps(
      rows(40, () => false),
      "any",
      own,
    ).slice(-1);
    expect(last).toMatchObject({ accepted: 40, wrong: 0 });
  });

  test("about new senders one document of each counts, with all its values", () => {
    const sourceOf = (example: string) => `sender ${Number(example.slice(9)) % 7}`;
    const steps = pooledSteps(
      rows(70, () => false),
      "new",
      sourceOf,
    );
    expect(steps.at(-1)?.accepted).toBe(7);
  });

  test("a field that few documents are labelled with takes no part: its errors would count too little", () => {
    const rare = rows(30, () => true).filter(({ path }) => path === "address");
    const all = [...rows(100, () => false).filter(({ path }) => path === "date"), ...rare];
    expect([...pooledPaths(all)]).toEqual(["date"]);
    const made = certify(all, { risk: 0.05, sourceOf: own });
    const accepts = acceptance(made, { promise: "pooled", risk: 0.05, population: "new" });
    expect(accepts("date", 0.9999)).not.toBeNull();
    expect(accepts("address", 0.9999)).toBeNull();
  });
});
