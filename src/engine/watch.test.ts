import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { baselineOf, sourceIndexOf } from "../confidence/index.ts";
import type { Profile, Promised } from "../core/index.ts";
import { review } from "../steps/review.ts";
import { read } from "../steps/read.ts";
import { createReader } from "../document/index.ts";
import { folderProfiles } from "../profiles/index.ts";
import { newProfile } from "../testing/profiles.ts";
import { wordStep } from "../../test/support/word-step.ts";
import { type EngineUnderTest, decision, testEngine } from "../../test/support/engine.ts";
import { decidingHash } from "./deciding.ts";
import { DriftWatch } from "./drift.ts";
import { workflow } from "./flow.ts";

const { definition } = workflow("slip", { version: 1, risk: 0.05 }).step(read()).step(wordStep()).step(review());

let folder = "";
let made: EngineUnderTest | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "weir-watch-"));
});
afterEach(async () => {
  await made?.close();
  made = undefined;
  rmSync(folder, { recursive: true });
});

function taught(
  audit: number,
  confidences: Profile["watch"]["confidences"] = {},
  promise: Promised = "certified",
): Omit<Profile, "version"> {
  const [sure] = newProfile().certificates;
  const certificates = ["total", "note"].flatMap((one) =>
    sure ? [{ ...sure, path: one, promise, population: "new" as const, threshold: 0.2 }] : [],
  );
  const of = { name: "slip", version: 1, hash: decidingHash(definition) };
  const steps = { extract: { total: "Sum", note: null } };
  return newProfile({ workflow: of, steps, promise, certificates, watch: { audit, confidences } });
}

async function setUp(audit: number, promise: Promised = "certified") {
  const profiles = folderProfiles(path.join(folder, "profiles"));
  await profiles.save(taught(audit, {}, promise), []);
  const reader = createReader();
  made = await testEngine({ workflows: [definition], options: { profiles } });
  const { engine, host } = made;
  // The engine hands this very object to its steps.
  Object.assign(host, { reader });
  const run = async (id: string) => {
    const document = { name: `${id}.txt`, bytes: new TextEncoder().encode(`Shop ${id}\nSum 1.00\n`) };
    const item = { itemId: id, workflow: { definition, file: null }, document, lane: "test", reuse: false };
    const submitted = await engine.submit(item);
    return await made?.finish(submitted.run.id);
  };
  const settle = async (id: string, total: string) => {
    const version = (await engine.review(id))?.version ?? 0;
    await engine.finishReview(id, version, { total: total === "1.00" ? "accept" : { value: total }, note: "accept" });
    return await made?.finish(id);
  };
  return { profiles, run, settle };
}

test("without an audit what is accepted goes on by itself", async () => {
  const { run } = await setUp(0);
  expect(await run("a")).toMatchObject({
    status: "succeeded",
    draft: { decisions: { total: { status: "accepted" } } },
  });
});

test("what belongs to the audit goes to a person, who is told why, and what they say is kept", async () => {
  const { profiles, run, settle } = await setUp(1);
  const waiting = await run("a");
  expect(waiting?.status).toBe("review");
  expect(waiting?.draft?.doubts.map(({ code, paths }) => [code, ...paths])).toEqual([
    ["audit.sample", "total"],
    ["audit.sample", "note"],
  ]);
  const done = await settle(waiting?.id ?? "", "1.00");
  expect(done).toMatchObject({ status: "succeeded", draft: { decisions: { total: { by: "human", value: "1.00" } } } });
  expect(await profiles.audits("slip", "default@1")).toMatchObject([
    { run: waiting?.id, path: "total", population: "new", right: true },
    { run: waiting?.id, path: "note", population: "new", right: true },
  ]);
  expect(await profiles.withdrawals("slip", "default@1")).toEqual([]);
});

test("checks that refute a promise withdraw its certificate: from then on nothing is accepted on it", async () => {
  const { profiles, run, settle } = await setUp(1);
  for (let count = 0; count < 4; count++) {
    const waiting = await run(`a${count}`);
    await settle(waiting?.id ?? "", "2.00");
  }
  const withdrawn = await profiles.withdrawals("slip", "default@1");
  expect(withdrawn.map(({ path: of, population }) => [of, population])).toEqual([["total", "new"]]);
  expect(withdrawn[0]?.reason).toMatch(/of \d accepted values that people checked were wrong/);
  const after = await run("b");
  expect(after?.draft?.decisions).toMatchObject({ total: { status: "review" } });
  expect(after?.draft?.doubts.flatMap(({ paths }) => paths)).toEqual(["note"]);
});

test("what is promised of all fields together is refuted by all of them together, and for all", async () => {
  const { profiles, run, settle } = await setUp(1, "pooled");
  const withdrawn = async () => (await profiles.withdrawals("slip", "default@1")).map(({ path: of }) => of);
  const answer = async (id: string, total: string) => {
    const waiting = await run(id);
    await settle(waiting?.id ?? "", total);
  };
  for (let count = 0; count < 4; count++) await answer(`right${count}`, "1.00");
  for (let count = 0; count < 4; count++) await answer(`wrong${count}`, "2.00");
  // Four of the 8 totals alone would refute it; four of all 16 values do not.
  expect(await withdrawn()).toEqual([]);
  await answer("wrong4", "2.00");
  expect(await withdrawn()).toEqual(["total", "note"]);
});

test("where the confidences of one known sender sink, what is certified about known senders no longer speaks of it", async () => {
  const confidences = Array.from({ length: 100 }, (_, at) => 0.9 + at / 1000);
  const profiles = folderProfiles(folder);
  const profile = await profiles.save(taught(0, { total: baselineOf(confidences) }), []);
  const drift = new DriftWatch();
  const note = async (source: number, confidence: number) =>
    await drift.note(profiles, profile, source, { total: decision("1.00", { confidence, by: "learned" }) }, 0);
  for (let at = 0; at < 40; at++) {
    await note(1, confidences[(at * 37) % 100] ?? 0);
    await note(3, 0.999);
    if (at < 29) await note(2, 0.5);
  }
  expect(await profiles.withdrawals("slip", "default@1")).toEqual([]);
  await note(2, 0.5);
  expect(await profiles.withdrawals("slip", "default@1")).toMatchObject([
    { path: "total", population: "known", source: 2 },
  ]);
});

test("where new senders become more than when it was taught, nothing speaks of documents as they come any more", async () => {
  const profiles = folderProfiles(folder);
  const base = taught(0, {});
  const certificates = base.certificates.map((one) => ({ ...one, population: "any" as const }));
  const sources = { ...sourceIndexOf([]), documents: 300, once: 60 };
  const profile = await profiles.save({ ...base, certificates, sources }, []);
  const drift = new DriftWatch();
  for (let at = 0; at < 100; at++) await drift.noteSender(profiles, profile, at % 5 === 0 ? "new" : "known", 0);
  expect(await profiles.withdrawals("slip", "default@1")).toEqual([]);
  for (let at = 0; at < 60; at++) await drift.noteSender(profiles, profile, "new", 0);
  const gone = await profiles.withdrawals("slip", "default@1");
  expect(gone).toMatchObject([
    { path: "total", population: "any" },
    { path: "note", population: "any" },
  ]);
  expect(gone[0]?.reason).toMatch(/^\d+ of the last \d+ documents are of new senders, more than when it was taught$/);
});
