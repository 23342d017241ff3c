import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Certificate, Profile } from "../core/index.ts";
import type { ProfileExample, Profiles } from "../ports/index.ts";

export interface ProfilesUnderTest {
  readonly profiles: Profiles;
  /** The same profiles, as another process finds them. */
  reopen(): Profiles;
  /** Changes or removes a file of a version behind the adapter's back. */
  damage(workflow: string, ref: string): Promise<void>;
  close(): Promise<void>;
}

const certificate: Certificate = {
  path: "total",
  promise: "certified",
  risk: 0.05,
  population: "known",
  threshold: 0.9,
  labels: 80,
  accepted: 59,
  wrong: 0,
  bound: 0.0495,
  missing: 0,
  method: "Clopper-Pearson",
};

/** A profile for tests, as teaching makes it. */
export function newProfile(overrides: Partial<Profile> = {}): Omit<Profile, "version"> {
  return {
    schema: "weir.profile/1",
    name: "default",
    workflow: { name: "receipt", version: 1, hash: "sha256:1" },
    learned: {
      on: "2026-01-02T03:04:05.000Z",
      engine: "test",
      examples: 1,
      sources: 1,
      hash: "sha256:2",
      models: { encoder: { name: "none", sha256: "e" } },
    },
    risk: 0.05,
    promise: "certified",
    steps: { extract: { weights: [0.5] }, "classify again": [1, null, "x"] },
    sources: { schema: "weir.sources/1", sources: 0, documents: 0, once: 0, marks: {}, layouts: {} },
    certificates: [certificate],
    watch: { audit: 0, confidences: {} },
    ...overrides,
  };
}

const examples: readonly ProfileExample[] = [
  {
    id: "a",
    document: { sha256: "ab".repeat(32), name: "a.pdf", bytes: 3 },
    truth: { total: "1.00", due: null },
    from: "file",
  },
  {
    id: "b",
    document: { sha256: "cd".repeat(32), name: "b.pdf", bytes: 4 },
    truth: { due: null },
    from: "review",
    doubted: ["due"],
  },
];

/** What every place that keeps profiles promises. */
export function profilesSuite(name: string, create: () => Promise<ProfilesUnderTest>): void {
  describe(`profiles: ${name}`, () => {
    let under: ProfilesUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(async () => await under.close());

    it("gives back what was saved, by its name and version", async () => {
      const saved = await under.profiles.save(newProfile(), examples);
      expect(saved.version).toBe(1);
      for (const profiles of [under.profiles, under.reopen()]) {
        expect(await profiles.current("receipt", "default")).toBe("default@1");
        expect(await profiles.load("receipt", "default@1")).toEqual({ ...newProfile(), version: 1 });
        expect(await profiles.examples("receipt", "default@1")).toEqual(examples);
      }
    });

    it("keeps every version as it was and uses the newest", async () => {
      await under.profiles.save(newProfile(), examples);
      await under.profiles.save(newProfile({ risk: 0.01 }), []);
      const other = under.reopen();
      expect(await other.current("receipt", "default")).toBe("default@2");
      expect((await other.load("receipt", "default@1")).risk).toBe(0.05);
      expect((await other.load("receipt", "default@2")).risk).toBe(0.01);
      expect(await other.examples("receipt", "default@1")).toEqual(examples);
    });

    it("keeps workflows and names apart and lists what is in use", async () => {
      const { profiles } = under;
      await profiles.save(newProfile(), examples);
      await profiles.save(newProfile({ name: "strict" }), examples);
      await profiles.save(newProfile({ workflow: { name: "invoice", version: 1, hash: "h" } }), examples);
      await profiles.save(newProfile({ workflow: { name: "invoice", version: 1, hash: "h" } }), examples);
      expect(await profiles.list()).toEqual([
        { workflow: "invoice", ref: "default@2" },
        { workflow: "receipt", ref: "default@1" },
        { workflow: "receipt", ref: "strict@1" },
      ]);
    });

    it("gives everybody who saves at the same time a version of their own", async () => {
      const all = await Promise.all(Array.from({ length: 4 }, async () => under.profiles.save(newProfile(), examples)));
      expect(all.map(({ version }) => version).toSorted()).toEqual([1, 2, 3, 4]);
      for (const { version } of all) await under.reopen().load("receipt", `default@${version}`);
    });

    it("knows nothing under a name that was never taught", async () => {
      const { profiles } = under;
      expect(await profiles.current("receipt", "default")).toBeNull();
      expect(await profiles.list()).toEqual([]);
      await profiles.save(newProfile(), examples);
      const unknown = ["default@2", "other@1", "default", "default@0", "../default@1", "default@1/.."];
      for (const ref of unknown) {
        await expect(profiles.load("receipt", ref)).rejects.toMatchObject({ code: "profile.unknown" });
      }
      await expect(profiles.load("../receipt", "default@1")).rejects.toMatchObject({ code: "profile.unknown" });
      await expect(profiles.save(newProfile({ name: "none" }), [])).rejects.toMatchObject({ code: "profile.unknown" });
    });

    it("remembers beside a version what checks of accepted values found, the last word on each", async () => {
      const { profiles } = under;
      await profiles.save(newProfile(), examples);
      const audit = { run: "01A", path: "total", population: "new" as const, right: true, on: "2026-01-03" };
      await profiles.recordAudits("receipt", "default@1", [audit, { ...audit, path: "date" }]);
      await under.reopen().recordAudits("receipt", "default@1", [{ ...audit, right: false }]);
      expect(await under.reopen().audits("receipt", "default@1")).toEqual([
        { ...audit, right: false },
        { ...audit, path: "date" },
      ]);
    });

    it("forgets a document: its labels, and its values wherever what was learned repeats them", async () => {
      const { profiles } = under;
      const steps = {
        extract: { memory: [{ value: "ACME Ltd.", key: "acmeltd" }, { value: "Shared" }], weights: [0.5], ids: ["b"] },
      };
      const taught: readonly ProfileExample[] = [
        { ...(examples[0] as ProfileExample), truth: { seller: "Acme Ltd", city: "Shared" } },
        { ...(examples[1] as ProfileExample), truth: { city: "shared" } },
      ];
      await profiles.save(newProfile({ steps }), taught);
      await profiles.save(newProfile(), [examples[1] as ProfileExample]);
      expect(await profiles.forget("ab".repeat(32))).toEqual([{ workflow: "receipt", ref: "default@1" }]);
      const other = under.reopen();
      expect((await other.load("receipt", "default@1")).steps).toEqual({
        extract: { memory: [{ value: "", key: "" }, { value: "Shared" }], weights: [0.5], ids: ["b"] },
      });
      expect(await other.examples("receipt", "default@1")).toEqual([taught[1]]);
      expect(await other.current("receipt", "default")).toBe("default@2");
      expect(await profiles.forget("ab".repeat(32))).toEqual([]);
      expect((await profiles.load("receipt", "default@1")).steps["extract"]).toMatchObject({ weights: [0.5] });
    });

    it("notices damage", async () => {
      await under.profiles.save(newProfile(), examples);
      await under.damage("receipt", "default@1");
      const load = under.reopen().load("receipt", "default@1");
      await expect(load).rejects.toMatchObject({ code: "profile.damaged" });
    });

    it("remembers beside a version which certificates were withdrawn, each once", async () => {
      const { profiles } = under;
      await profiles.save(newProfile(), examples);
      const withdrawal = {
        path: "total",
        population: "known" as const,
        reason: "3 of 20 were wrong",
        on: "2026-01-03",
      };
      await profiles.withdraw("receipt", "default@1", withdrawal);
      await under.reopen().withdraw("receipt", "default@1", { ...withdrawal, on: "2026-01-04" });
      await profiles.withdraw("receipt", "default@1", { ...withdrawal, path: "date" });
      expect(await under.reopen().withdrawals("receipt", "default@1")).toEqual([
        withdrawal,
        { ...withdrawal, path: "date" },
      ]);
      const ofOne = { ...withdrawal, source: 3 };
      await profiles.withdraw("receipt", "default@1", ofOne);
      expect((await profiles.withdrawals("receipt", "default@1")).at(-1)).toEqual(ofOne);
      expect((await profiles.load("receipt", "default@1")).certificates).toEqual([certificate]);
      await profiles.save(newProfile(), examples);
      expect(await profiles.withdrawals("receipt", "default@2")).toEqual([]);
    });
  });
}
