import { describe, expect, test } from "vitest";
import type { Certificate } from "../core/index.ts";
import type { ProfileExample } from "../ports/index.ts";
import { newProfile } from "../testing/profiles.ts";
import { united } from "./labels.ts";
import { doubtedOf } from "./reviews.ts";

describe("a label of a run", () => {
  const [made] = newProfile().certificates;
  const of = (path: string, threshold: number | null): Certificate => ({ ...(made as Certificate), path, threshold });
  const profile = (certificates: readonly Certificate[], audit = 0) => ({
    certificates,
    promise: "certified" as const,
    risk: 0.05,
    watch: { audit },
  });

  test("was chosen for its doubts where a certificate accepted others of its path", () => {
    const some = profile([of("total", 0.9), of("date", null), of("*", 0)]);
    expect(doubtedOf(["total", "date"], "ab", some)).toEqual(["total"]);
    expect(doubtedOf(["date"], "ab", some)).toEqual([]);
  });

  test("was not, where nothing could be accepted, or where it was drawn for a check", () => {
    expect(doubtedOf(["total"], "ab", null)).toBeNull();
    expect(doubtedOf(["total"], "ab", profile([of("total", null)]))).toBeNull();
    expect(doubtedOf(["total"], "ab", profile([of("total", 0.9)], 1))).toEqual([]);
  });
});

describe("labels of one document", () => {
  const document = { sha256: "ab", name: "a.pdf", bytes: 1 };
  const label = (truth: ProfileExample["truth"], doubted?: readonly string[]): ProfileExample => ({
    id: "a",
    document,
    truth,
    from: "review",
    ...(doubted ? { doubted } : {}),
  });

  test("are one example: the first word on a path counts, and one label that was not chosen is enough", () => {
    const both = united([label({ total: "1.00", date: null }, ["total", "date"]), label({ total: "2.00" })]);
    expect(both).toEqual([label({ total: "1.00", date: null }, ["date"])]);
    expect(united([label({ total: "1.00" }, ["total"]), label({ total: "1.00" })])).toEqual([label({ total: "1.00" })]);
    expect(united([label({ total: "1.00" }, ["total"])])).toEqual([label({ total: "1.00" }, ["total"])]);
  });
});
