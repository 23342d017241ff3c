import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Profile } from "../core/index.ts";
import type { Pages, Profiles, Schema, Start, Step } from "../ports/index.ts";
import { folderProfiles } from "../profiles/index.ts";
import { newProfile } from "../testing/profiles.ts";
import { type EngineUnderTest, decision, draftState, testEngine } from "../../test/support/engine.ts";
import { decidingHash } from "./deciding.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { workflow } from "./flow.ts";

const Bill = z.object({ total: z.string() });

const read: Step<Start, Pages> = {
  name: "read",
  kind: "read",
  shape: {},
  run: async ({ document }, { blobs }) => {
    const text = { kind: "text", pageCount: 0, pages: [], complete: true, skipped: [] };
    const sha256 = await blobs.put(new TextEncoder().encode(JSON.stringify(text)));
    return { document, reading: { sha256, pages: 0, characters: 0, complete: true, skipped: [] } };
  },
};

/** Answers what it learned, and accepts it as far as its profile lets it. */
const parrot = (schema: Schema = Bill): Step<Pages, Pages> => ({
  name: "extract",
  kind: "extract",
  shape: {},
  schema,
  run: async (state, context) => {
    const learned = await context.learned(await context.text(state));
    const accepted = learned?.accepts("total", 0.95) ?? null;
    const status = accepted ? "accepted" : "review";
    const total = decision(String(learned?.model ?? "nothing"), { status, confidence: 0.95 });
    return { ...draftState(state.document, { total }), reading: state.reading };
  },
});

const bill = (schema: Schema = Bill) => workflow("bill", { version: 1 }).step(read).step(parrot(schema)).definition;

function taught(definition: WorkflowDefinition, overrides: Partial<Profile> = {}): Omit<Profile, "version"> {
  const { name, version } = definition;
  const [sure] = newProfile().certificates;
  const certificates = sure ? [sure, { ...sure, population: "new" as const }] : [];
  return newProfile({
    workflow: { name, version, hash: decidingHash(definition) },
    steps: { extract: "12.00" },
    certificates,
    ...overrides,
  });
}

describe("a run and its profile", () => {
  let folder = "";
  let profiles: Profiles;
  const open: EngineUnderTest[] = [];
  const definition = bill();
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-learned-"));
    profiles = folderProfiles(folder);
  });
  afterEach(async () => {
    for (const made of open.splice(0)) await made.close();
    rmSync(folder, { recursive: true });
  });
  const setUp = async () => {
    const made = await testEngine({ workflows: [definition], options: { profiles } });
    open.push(made);
    return made;
  };
  const base = (profile?: string | null) => ({
    itemId: "a",
    workflow: { definition, file: null },
    document: { name: "a.txt", bytes: new TextEncoder().encode("a") },
    lane: "test",
    reuse: true,
    ...(profile === undefined ? {} : { profile }),
  });
  const total = async (made: EngineUnderTest, profile?: string | null) => {
    const { run } = await made.engine.submit(base(profile));
    const done = await made.finish(run.id);
    const { value, status } = done.draft?.decisions["total"] ?? {};
    return { profile: done.profile, value, status };
  };

  it("uses the default of its workflow where one was taught, another where one is named, none where none is", async () => {
    const made = await setUp();
    expect(await total(made)).toEqual({ profile: null, value: "nothing", status: "review" });
    await profiles.save(taught(definition), []);
    await profiles.save(taught(definition, { name: "strict", steps: { extract: "9.00" } }), []);
    expect(await total(made)).toEqual({ profile: "default@1", value: "12.00", status: "accepted" });
    expect(await total(made, "strict")).toMatchObject({ profile: "strict@1", value: "9.00" });
    expect(await total(made, null)).toMatchObject({ profile: null, value: "nothing" });
    expect(await total(made, "none")).toMatchObject({ profile: null });
    await expect(made.engine.submit(base("typo"))).rejects.toMatchObject({ code: "profile.unknown" });
  });

  it("keeps the version it began with, and an earlier result stands only for the same version", async () => {
    const made = await setUp();
    await profiles.save(taught(definition), []);
    const first = await made.engine.submit(base());
    await profiles.save(taught(definition, { steps: { extract: "13.00" } }), []);
    expect(await made.finish(first.run.id)).toMatchObject({ profile: "default@1" });
    expect(await total(made)).toMatchObject({ profile: "default@2", value: "13.00" });
    expect(await total(made, "default@1")).toMatchObject({ profile: "default@1", value: "12.00" });
    expect((await made.engine.submit(base("default@1"))).run.id).toBe(first.run.id);
  });

  it("accepts nothing on a certificate that was withdrawn, and reuses nothing that was accepted on it", async () => {
    const made = await setUp();
    await profiles.save(taught(definition), []);
    const before = await made.engine.submit(base());
    expect((await total(made)).status).toBe("accepted");
    for (const population of ["known", "new"] as const) {
      await profiles.withdraw("bill", "default@1", { path: "total", population, reason: "audit", on: "now" });
    }
    expect(await total(made)).toMatchObject({ profile: "default@1", value: "12.00", status: "review" });
    expect((await made.engine.submit(base())).run.id).not.toBe(before.run.id);
  });

  it("ranks with what was learned but promises nothing where another model or another Weir is in use", async () => {
    const made = await setUp();
    const { learned } = taught(definition);
    const models = { encoder: { name: "other", sha256: "f" } };
    await profiles.save(taught(definition, { learned: { ...learned, models } }), []);
    expect(await total(made)).toEqual({ profile: "default@1", value: "12.00", status: "review" });
    await profiles.save(taught(definition, { learned: { ...learned, engine: "test-2+abc" } }), []);
    expect(await total(made)).toEqual({ profile: "default@2", value: "12.00", status: "review" });
    await profiles.save(taught(definition, { learned: { ...learned, engine: "test+abc" } }), []);
    expect(await total(made)).toMatchObject({ profile: "default@3", status: "accepted" });
    const larger = { large: { name: "larger", sha256: "a" } };
    await profiles.save(taught(definition, { learned: { ...learned, models: larger } }), []);
    expect(await total(made)).toMatchObject({ profile: "default@4", status: "review" });
  });

  it("refuses a profile that was taught for other fields, before anything is begun", async () => {
    const made = await setUp();
    await profiles.save(taught(bill(z.object({ total: z.string(), due: z.string() }))), []);
    await expect(made.engine.submit(base())).rejects.toMatchObject({ code: "profile.other-workflow" });
    expect((await made.engine.list({})).runs).toEqual([]);
    expect(await total(made, null)).toMatchObject({ value: "nothing" });
  });

  it("a rule may change without a new lesson, a field may not", () => {
    const ruled = workflow("bill", { version: 2, risk: 0.1 })
      .step(read)
      .step(parrot())
      .step({ name: "rule", kind: "validate", shape: { rule: "x" }, run: async (state: Pages) => state }).definition;
    expect(decidingHash(ruled)).toBe(decidingHash(definition));
    expect(ruled.hash).not.toBe(definition.hash);
    expect(decidingHash(bill(z.object({ total: z.number() })))).not.toBe(decidingHash(definition));
  });
});
