import { describe, expect, test } from "vitest";
import { type Certificate, type Reader, WeirError } from "../core/index.ts";
import type { ProfileExample, Profiles, RunRecord, Store } from "../ports/index.ts";
import { newProfile } from "../testing/profiles.ts";
import { united } from "./labels.ts";
import { doubtedOf, reviewedLabels } from "./reviews.ts";

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

test("runs give as labels what others decided, and which of it was doubted under their profile", async () => {
  const [made] = newProfile().certificates;
  const certificates = [{ ...(made as Certificate), path: "total", threshold: 0.9 }];
  const run = (id: string, profile: string | null, by: Reader): RunRecord =>
    ({
      itemId: id,
      workflow: { name: "receipt" },
      profile,
      document: { sha256: id, name: `${id}.pdf`, bytes: 1 },
      draft: {
        decisions: {
          total: { value: "1.00", by, status: "accepted" },
          date: { value: "2026-01-01", by: "learned", status: "accepted" },
          name: { value: "x", by, status: "review" },
        },
      },
    }) as unknown as RunRecord;
  const runs = [run("a", "default@1", "cloud"), run("b", null, "human"), run("c", "gone@1", "human")];
  const store = { runs: { list: async () => ({ runs, cursor: null }) } } as unknown as Store;
  const profiles = {
    load: async (_workflow: string, ref: string) => {
      if (ref === "default@1") return { ...newProfile(), certificates, version: 1 };
      throw new WeirError("profile.unknown", ref);
    },
  } as unknown as Profiles;
  const labels = async (by?: readonly Reader[]) => {
    const found = await reviewedLabels({ store, profiles }, "receipt", by);
    return found.map(({ id, truth, doubted }) => [id, truth, doubted]);
  };
  expect(await labels()).toEqual([
    ["b", { total: "1.00" }, undefined],
    ["c", { total: "1.00" }, undefined],
  ]);
  expect(await labels(["human", "cloud"])).toContainEqual(["a", { total: "1.00" }, ["total"]]);
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
