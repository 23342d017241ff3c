import { describe, expect, test } from "vitest";
import type { Certificate, Json, OutOfFold, Population, Promised, Scope } from "../core/index.ts";
import { scopes } from "../core/index.ts";
import { acceptance, ruling } from "./accept.ts";
import { certify } from "./certificates.ts";

interface Answers {
  readonly n: number;
  readonly path?: string;
  readonly population?: Population;
  readonly wrong?: (at: number) => boolean;
  readonly confidence?: (at: number) => number;
  readonly value?: Json;
}

function rows({
  n,
  path = "total",
  population = "new",
  wrong,
  confidence,
  value = "1.00",
}: Answers): readonly OutOfFold[] {
  return Array.from({ length: n }, (_, at) => ({
    example: `document ${at}`,
    path,
    population,
    value,
    confidence: confidence?.(at) ?? 0.99 - at / 1e5,
    right: wrong?.(at) !== true,
  }));
}

const own = (example: string) => example;
function find(certificates: readonly Certificate[], wanted: Partial<Certificate>): Certificate | undefined {
  return certificates.find((one) => Object.entries(wanted).every(([key, value]) => Reflect.get(one, key) === value));
}
const certified = { promise: "certified" as Promised, risk: 0.05 };

describe("certificates", () => {
  test("every path and whole documents, all scopes, every kind, the ladder and the risk asked for", () => {
    const all = certify([...rows({ n: 5 }), ...rows({ n: 5, path: "date" })], { risk: 0.03, sourceOf: own });
    expect(all).toHaveLength(3 * 3 * 3 * 5);
    expect([...new Set(all.map(({ risk }) => risk))]).toEqual([0.01, 0.02, 0.03, 0.05, 0.1]);
    expect(JSON.parse(JSON.stringify(all))).toEqual(all);
  });

  test("about new senders one answer of each sender counts", () => {
    const sourceOf = (example: string) => `sender ${Number(example.slice(9)) % 58}`;
    const few = certify(rows({ n: 500 }), { risk: 0.05, sourceOf });
    expect(find(few, { ...certified, path: "total", population: "new" })).toMatchObject({
      threshold: null,
      labels: 58,
      missing: 1,
    });
    const known = certify(rows({ n: 500, population: "known" }), { risk: 0.05, sourceOf });
    expect(find(known, { ...certified, path: "total", population: "known" })).toMatchObject({
      labels: 500,
      missing: 0,
    });
  });

  test("labels chosen for their doubts are not counted, or what is left would look harder than documents are", () => {
    // Without the sure ones, which were accepted and have no label, half of the others are wrong.
    const chosen = rows({ n: 40, wrong: (at) => at % 2 === 0 }).map((row) =>
      Object.assign({}, row, { example: `chosen ${row.example}` }),
    );
    const all = [...rows({ n: 80 }), ...chosen];
    const isDrawn = ({ example }: OutOfFold) => !example.startsWith("chosen");
    const options = { risk: 0.05, sourceOf: own };
    const total = { ...certified, path: "total", population: "new" as Scope };
    expect(find(certify(all, options), total)).toMatchObject({ labels: 120, threshold: null });
    expect(find(certify(all, { ...options, isDrawn }), total)).toMatchObject({ labels: 80, wrong: 0, missing: 0 });
    const isWhole = (example: string) => !example.startsWith("chosen");
    expect(find(certify(all, { ...options, isDrawn, isWhole }), { ...total, path: "*" })).toMatchObject({ labels: 80 });
    // A path of which every label was chosen is still named: nothing is known of it.
    const none = certify(chosen, { ...options, isDrawn });
    expect(find(none, total)).toMatchObject({ labels: 0, threshold: null });
  });

  test("many values of one document at one path count once", () => {
    const items = Array.from({ length: 10 }, () => rows({ n: 40, path: "lines.*.amount", population: "known" })).flat();
    const all = certify(items, { risk: 0.05, sourceOf: own });
    expect(find(all, { ...certified, path: "lines.*.amount", population: "known" })).toMatchObject({ labels: 40 });
  });

  test("where known senders hardly recur, the certificate about strangers serves them too", () => {
    const tickets = rows({ n: 200, path: "route" });
    const lent = find(certify(tickets, { risk: 0.05, sourceOf: own }), {
      ...certified,
      population: "known",
      path: "route",
    });
    expect(lent).toMatchObject({ labels: 0, missing: 0 });
    expect(lent?.threshold).toBeTypeOf("number");
    expect(lent?.method).toMatch(/^as new senders/);
  });

  test("but not when their own labels contradict it, or are enough to speak for themselves", () => {
    const wrong = (at: number) => at < 5;
    const some = [...rows({ n: 200 }), ...rows({ n: 30, population: "known", wrong })];
    const contradicted = certify(some, { risk: 0.05, sourceOf: own });
    expect(find(contradicted, { ...certified, population: "known", path: "total" })?.threshold).toBeNull();
    const many = [...rows({ n: 200 }), ...rows({ n: 100, population: "known", wrong: (at) => at % 12 === 0 })];
    const spoken = certify(many, { risk: 0.05, sourceOf: own });
    expect(find(spoken, { ...certified, population: "known", path: "total" })?.threshold).toBeNull();
  });

  test("documents as they come: each once, by readers that knew its sender where others of it were labelled", () => {
    const twice = [...rows({ n: 100 }), ...rows({ n: 60, population: "known", confidence: (at) => 0.9 - at / 1e5 })];
    const any = find(certify(twice, { risk: 0.05, sourceOf: () => "one sender" }), {
      ...certified,
      population: "any",
      path: "total",
    });
    expect(any).toMatchObject({ labels: 100, accepted: 100, wrong: 0, threshold: expect.closeTo(0.89941, 6) });
    expect(any?.method).toMatch(/same mix$/);
  });

  test("a document is accepted when all its paths are, and wrong when one of them is", () => {
    const bad = (at: number) => at < 2;
    const unsure = (at: number) => (at >= 290 ? 0.1 : 0.99 - at / 1e5);
    const all = certify(
      [
        ...rows({ n: 300, wrong: bad }),
        ...rows({ n: 300, path: "date", wrong: (at) => at >= 290, confidence: unsure }),
      ],
      { risk: 0.05, sourceOf: own },
    );
    const documents = find(all, { ...certified, path: "*", population: "new" });
    expect(documents).toMatchObject({ labels: 300, wrong: 2, threshold: 0 });
    expect(documents?.accepted).toBeGreaterThan(280);
    expect(documents?.accepted).toBeLessThanOrEqual(290);
  });

  test("a path that may be absent holds no document back when it says so", () => {
    const absent = rows({ n: 100, path: "dueOn", value: null, wrong: () => true, confidence: () => 0.2 });
    const options = { risk: 0.05, sourceOf: own };
    const wanted = { ...certified, path: "*", population: "new" } as const;
    expect(find(certify([...rows({ n: 100 }), ...absent], options), wanted)?.accepted).toBe(0);
    const optional = new Set(["dueOn"]);
    expect(find(certify([...rows({ n: 100 }), ...absent], { ...options, optional }), wanted)?.accepted).toBe(100);
  });

  test("without labels nothing is promised and what is missing is said", () => {
    const all = certify(rows({ n: 9, population: "known" }), { risk: 0.02, sourceOf: own });
    expect(all.every(({ threshold }) => threshold === null)).toBe(true);
    expect(find(all, { promise: "certified", risk: 0.02, path: "total", population: "known" })?.missing).toBe(140);
    expect(find(all, { promise: "certified", risk: 0.02, path: "total", population: "new" })?.missing).toBe(149);
    expect(certify([], { risk: 0.02, sourceOf: own }).filter(({ path }) => path !== "*")).toEqual([]);
  });
});

describe("accepting", () => {
  const certificates = certify(rows({ n: 100, path: "lines.*.amount" }), { risk: 0.05, sourceOf: own });
  const threshold = find(certificates, { ...certified, path: "lines.*.amount", population: "new" })?.threshold ?? 2;
  const accepts = acceptance(certificates, { ...certified, population: "new" });

  test("from the threshold on, under the certificate of the path", () => {
    expect(accepts("lines.0.amount", threshold)).toMatchObject({
      path: "lines.*.amount",
      population: "new",
      risk: 0.05,
    });
    expect(accepts("lines.12.amount", threshold - 1e-9)).toBeNull();
  });

  const ruler = (one: Certificate, population: Scope, from: number | null) => ({ ...one, population, threshold: from });
  const only =
    (...made: readonly Scope[]) =>
    (certificate: Certificate) =>
      made.includes(certificate.population);
  const ruled = (made: readonly Scope[], population: Population, stands?: (one: Certificate) => boolean) => {
    const [first] = certificates;
    const all = first ? scopes.map((scope) => ruler(first, scope, made.includes(scope) ? 0.5 : null)) : [];
    return ruling(all, population, stands)?.population ?? null;
  };

  test("known and new senders each by their own certificate where both have one", () => {
    expect(ruled(["known", "new", "any"], "known")).toBe("known");
    expect(ruled(["known", "new", "any"], "new")).toBe("new");
    expect(ruled(["known", "new", "any"], "new", only("known", "any"))).toBeNull();
  });

  test("else all by the one about documents as they come, never by a lower threshold of their own beside it", () => {
    expect(ruled(["known", "any"], "known")).toBe("any");
    expect(ruled(["known", "any"], "new")).toBe("any");
    expect(ruled(["any"], "new")).toBe("any");
  });

  test("else, or once that was withdrawn, by their own at best", () => {
    expect(ruled(["known"], "known")).toBe("known");
    expect(ruled(["known"], "new")).toBeNull();
    expect(ruled(["known", "any"], "known", only("known"))).toBe("known");
    expect(ruled(["known", "any"], "new", only("known"))).toBeNull();
  });

  test("never under another risk, another path or where the promise cannot be made", () => {
    expect(accepts("total", 1)).toBeNull();
    expect(
      acceptance(certificates, { promise: "certified", risk: 0.03, population: "new" })("lines.0.amount", 1),
    ).toBeNull();
    expect(
      acceptance(certificates, { promise: "certified", risk: 0.02, population: "new" })("lines.0.amount", 1),
    ).toBeNull();
  });
});
