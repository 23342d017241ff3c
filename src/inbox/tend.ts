import { type ErrorInfo, type Result, WeirError, asWeirError, errorCodes, isSettled, toResult } from "../core/index.ts";
import type { RunRecord, Service } from "../ports/index.ts";
import type { Claims } from "./claims.ts";
import { codeOf, hashOf, inPlainWords, look, readUnchanged } from "./disk.ts";
import { type Claim, type Raw, textOf } from "./names.ts";
import { type Places, type Resting, rest } from "./rest.ts";
import { type SettleLimits, type Sighting, type Stamp, quiet, sameStamp, sight } from "./settle.ts";
import { findSubmitted, sha256Of, submitClaim } from "./submit.ts";

/** A claim of this process, with what is known about it for now. */
export interface Held {
  readonly claim: Claim;
  /** The file as it was when it was found settled or was read; null after a restart. */
  readonly trusted: Stamp | null;
  readonly sighting: Sighting | null;
  /** Whether an earlier submission may have made a run that this process does not know of. */
  readonly maySubmitTwice: boolean;
  /** The run as last seen. */
  readonly run: RunRecord | null;
  /** Why nothing happens for now, e.g. a full disk. */
  readonly trouble: ErrorInfo | null;
  /** Looks in a row that found nothing new: each waits longer. */
  readonly idle: number;
  readonly dueAt: number;
}

/** The claim goes on, came to rest at a path, or is no longer ours. */
export type Tended =
  | { readonly held: Held }
  | { readonly rested: Raw; readonly resting: Resting }
  | { readonly lost: true };

export interface TendOptions {
  readonly service: Service;
  readonly claims: Claims;
  readonly places: Places;
  readonly limits: SettleLimits;
  readonly bytesMax: number;
  /** The longest wait between two looks at a run. */
  readonly rescanMs: number;
}

const lost = { lost: true } as const;

export function heldClaim(claim: Claim, trusted: Stamp | null, now: number): Held {
  const maySubmitTwice = trusted === null;
  return { claim, trusted, maySubmitTwice, sighting: null, run: null, trouble: null, idle: 0, dueAt: now };
}

/** Whether the claim takes up a worker, or will, or cannot be brought to rest: parked ones hold nothing back. */
export function isActive({ run, trouble }: Pick<Held, "run" | "trouble">): boolean {
  return trouble !== null || run === null || run.status === "queued" || run.status === "running";
}

/** Takes the claim one move further. Never throws: what goes wrong is trouble, told and tried again. */
export async function tend(held: Held, now: number, options: TendOptions): Promise<Tended> {
  try {
    return held.claim.run === null ? await begin(held, now, options) : await follow(held, held.claim.run, now, options);
  } catch (error) {
    return { held: troubled(held, error, now, options) };
  }
}

function troubled(held: Held, error: unknown, now: number, { rescanMs }: TendOptions): Held {
  const { code, hint } = asWeirError(error, codeOf(error) === "" ? "internal" : "inbox.trouble");
  const message = error instanceof WeirError ? error.message : inPlainWords(error);
  const dueAt = now + backoff(held.idle, 1_000, rescanMs);
  return { ...held, trouble: { code, message, hint }, maySubmitTwice: true, idle: held.idle + 1, dueAt };
}

const backoff = (times: number, firstMs: number, mostMs: number) =>
  Math.min(mostMs, firstMs * 2 ** Math.min(times, 20));

/** From a claimed file to a durable run. */
async function begin(held: Held, now: number, options: TendOptions): Promise<Tended> {
  const { claims, service, limits, bytesMax } = options;
  const file = claims.fileOf(held.claim);
  const there = await look(file);
  if (there === null) return lost;
  if (there.kind !== "file") {
    return await refuse(
      held,
      new WeirError("document.unreadable", "It is a link or a device, not a file."),
      "",
      options,
    );
  }
  const { stamp } = there;
  if (held.trusted === null || !sameStamp(held.trusted, stamp)) {
    const sighting = sight(held.sighting, stamp, now);
    const readiness = quiet(sighting, now, { ...limits, stuckMs: limits.settleMs });
    if (!readiness.ready) return { held: { ...held, sighting, trusted: null, dueAt: readiness.lookAgainAt } };
  }
  if (stamp.size > bytesMax) return await refuse(held, tooLarge(stamp.size, bytesMax), "", options);
  const bytes = await read(file, stamp);
  if (bytes instanceof WeirError) return await refuse(held, bytes, "", options);
  if (bytes === null)
    return { held: { ...held, trusted: null, sighting: sight(held.sighting, stamp, now), dueAt: now } };
  const sha256 = sha256Of(bytes);
  await options.places.crash("submit.before");
  let run = held.maySubmitTwice ? await findSubmitted(service, held.claim, sha256) : null;
  try {
    run ??= await submitClaim(service, held.claim, bytes);
  } catch (error) {
    if (error instanceof WeirError && error.code.startsWith("document.")) {
      return await refuse(held, error, sha256, options);
    }
    throw error;
  }
  await options.places.crash("submit.done");
  const claim = await claims.record(held.claim, run.id);
  if (claim === null) return lost;
  await options.places.crash("run.recorded");
  return {
    held: { ...held, claim, run, trusted: stamp, maySubmitTwice: false, trouble: null, idle: 0, dueAt: now + 100 },
  };
}

const neverReadable = new Set(["EACCES", "EPERM", "ELOOP", "ENXIO"]);

/** @returns null when the file changed meanwhile */
async function read(file: Raw, stamp: Stamp): Promise<Uint8Array | WeirError | null> {
  try {
    return await readUnchanged(file, stamp);
  } catch (error) {
    // Anything else, such as a share that went away, may pass.
    if (!neverReadable.has(codeOf(error))) throw error;
    return new WeirError("document.unreadable", `It cannot be read: ${inPlainWords(error)}.`, { cause: error });
  }
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

function tooLarge(size: number, bytesMax: number): WeirError {
  return new WeirError("document.too-large", `It has ${megabytes(size)}, the inbox takes ${megabytes(bytesMax)}.`);
}

/** A file that never gets a run fails like one that had one. @param sha256 empty when it was not read */
async function refuse(held: Held, error: WeirError, sha256: string, options: TendOptions): Promise<Tended> {
  const { claim } = held;
  const view = options.service.workflows().find(({ name }) => name === claim.workflow);
  const size = (await look(options.claims.fileOf(claim)))?.stamp.size ?? 0;
  const name = textOf(claim.name);
  const result = toResult({
    id: claim.id,
    itemId: name,
    workflow: { name: claim.workflow, version: view?.version ?? 0, hash: view?.hash ?? "" },
    profile: null,
    document: { sha256, name, bytes: size },
    reading: null,
    status: "failed",
    waiting: null,
    draft: null,
    usage: { ms: 0, queueMs: 0, promptTokens: 0, reusedTokens: 0, generatedTokens: 0 },
    error: error.info(),
  });
  return await bring({ claim, folder: "failed", id: claim.id, result, error: error.info() }, options);
}

/** From a durable run to rest. */
async function follow(held: Held, runId: string, now: number, options: TendOptions): Promise<Tended> {
  const { claims, service, rescanMs } = options;
  const run = await service.get(runId);
  if (run === null) return await beginAnew(held, now, options);
  if (!isSettled(run.status) || run.status === "review" || run.status === "needs-migration") {
    const news = held.run?.status !== run.status || held.run.updatedAt !== run.updatedAt;
    const idle = news ? 0 : held.idle + 1;
    const waits = isActive({ run, trouble: null })
      ? backoff(idle, 100, Math.min(2_000, rescanMs))
      : backoff(idle, 1_000, rescanMs);
    return { held: { ...held, run, trouble: null, idle, dueAt: now + waits } };
  }
  const file = claims.fileOf(held.claim);
  const there = await look(file);
  if (there === null) return lost;
  if (held.trusted === null || !sameStamp(held.trusted, there.stamp)) {
    // Written to after it was read, by a program that had it open all the while: what is there now counts.
    if ((await hashOf(file)) !== run.document.sha256) return await beginAnew(held, now, options);
  }
  const result = await service.result(runId);
  if (result.status !== "succeeded" && result.status !== "failed" && result.status !== "cancelled") {
    return { held: { ...held, dueAt: now } };
  }
  return await bring(restingOf(held.claim, runId, result), options);
}

async function beginAnew(held: Held, now: number, { claims }: TendOptions): Promise<Tended> {
  const claim = await claims.record(held.claim, null);
  return claim === null ? lost : { held: { ...heldClaim(claim, null, now), maySubmitTwice: false } };
}

function restingOf(claim: Claim, id: string, result: Result): Resting {
  if (result.status === "succeeded") return { claim, folder: "done", id, result, error: null };
  const cancelled = {
    code: "run.cancelled",
    message: "The run was cancelled.",
    hint: errorCodes["run.cancelled"].hint,
  };
  return { claim, folder: "failed", id, result, error: result.error ?? cancelled };
}

async function bring(resting: Resting, { places }: TendOptions): Promise<Tended> {
  const rested = await rest(resting, places);
  return rested === null ? lost : { rested, resting };
}
