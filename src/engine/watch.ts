import { auditRefutes, isAudited } from "../confidence/index.ts";
import {
  type Decisions,
  type DocumentText,
  type DraftData,
  type Profile,
  type Scope,
  raise,
  sameValue,
  schemaPath,
  scopes,
} from "../core/index.ts";
import type { Audited, Profiles, RunRecord, StepHost } from "../ports/index.ts";
import { populationIn } from "./learned.ts";

/** Keeps a promise honest: some of what is accepted goes to a person all the same, and what they say is counted. */

const auditCode = "audit.sample";

/**
 * The draft with a doubt on accepted decisions that belong to the random share which is checked: by a hash
 * of the document, so that the same document is treated the same whenever it comes. What a person decided
 * or a cloud was asked is not ours to check.
 */
export function withAudit(draft: DraftData, document: string, profile: Profile | null, step: string): DraftData {
  if (!profile || profile.watch.audit === 0) return draft;
  const share = profile.watch.audit;
  const checked = Object.entries(draft.decisions).filter(
    ([path, { status, by, confidence }]) =>
      status === "accepted" &&
      by !== "human" &&
      by !== "cloud" &&
      confidence !== null &&
      isAudited(document, path, { share }),
  );
  return checked.reduce((audited, [path]) => {
    const message = `${path} is accepted and checked all the same: a random sample keeps the promise honest`;
    return raise(audited, { code: auditCode, paths: [path], message, step });
  }, draft);
}

/**
 * Writes down what a person said about decisions that were checked, and withdraws the certificate of
 * those paths whose promise the checks refute.
 */
export async function recordAudits(
  profiles: Profiles,
  run: RunRecord,
  answers: Decisions,
  { blobs, clock }: Pick<StepHost, "blobs" | "clock">,
): Promise<void> {
  const checked = (run.draft?.doubts ?? []).filter(({ code }) => code === auditCode).flatMap(({ paths }) => paths);
  const settled = checked.filter((path) => answers[path]?.by === "human");
  if (run.profile === null || !run.reading || settled.length === 0) return;
  const { name } = run.workflow;
  const profile = await profiles.load(name, run.profile);
  const text = JSON.parse(new TextDecoder().decode(await blobs.get(run.reading.sha256))) as DocumentText;
  const on = new Date(clock.now()).toISOString();
  const population = populationIn(profile, text);
  const audited = settled.map((path): Audited => {
    const [before, after] = [run.draft?.decisions[path]?.value ?? null, answers[path]?.value ?? null];
    return { run: run.id, path: schemaPath(path), population, right: sameValue(before, after), on };
  });
  await profiles.recordAudits(name, run.profile, audited);
  await withdrawRefuted(profiles, name, run.profile, profile, on);
}

async function withdrawRefuted(profiles: Profiles, workflow: string, ref: string, profile: Profile, on: string) {
  const audits = await profiles.audits(workflow, ref);
  // What is promised of all fields together is refuted by all of them together, and for all of them.
  const isPooled = profile.promise === "pooled";
  const paths = (isPooled ? profile.certificates : audits).map((one) => one.path);
  for (const path of new Set(paths)) {
    for (const population of scopesOf(profile, path)) {
      const { checked, wrong } = countOf(audits, isPooled ? null : path, population);
      if (!auditRefutes({ checked, wrong }, profile.risk)) continue;
      const reason = `${wrong} of ${checked} accepted values that people checked were wrong`;
      await profiles.withdraw(workflow, ref, { path, population, reason, on });
    }
  }
}

/** Whom something was promised about. */
function scopesOf({ certificates, risk, promise }: Profile, path: string): readonly Scope[] {
  const made = certificates.filter((one) => one.path === path && one.risk === risk && one.promise === promise);
  return scopes.filter((scope) => made.some((one) => one.population === scope && one.threshold !== null));
}

/** @param path null: of all */
export function countOf(audits: readonly Audited[], path: string | null, scope: Scope) {
  const some = audits.filter(
    (one) => (path === null || one.path === path) && (scope === "any" || one.population === scope),
  );
  return { checked: some.length, wrong: some.filter(({ right }) => !right).length };
}
