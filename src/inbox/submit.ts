import { createHash } from "node:crypto";
import { idTime } from "../core/index.ts";
import type { RunRecord, Service } from "../ports/index.ts";
import { type Claim, textOf } from "./names.ts";

/** Same workflow, same bytes: the same work. */
function reuseKeyOf(workflow: string, sha256: string): string {
  return `inbox:${workflow}:${sha256}`;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function submitClaim(service: Service, claim: Claim, bytes: Uint8Array): Promise<RunRecord> {
  const name = textOf(claim.name);
  const { run } = await service.submit({
    itemId: name,
    workflow: claim.workflow,
    name,
    bytes,
    reuseKey: reuseKeyOf(claim.workflow, sha256Of(bytes)),
  });
  return run;
}

/**
 * The run that an earlier, interrupted submission of this claim may have made: of these bytes, and no
 * older than the claim. Submitting again would find it too, unless it has failed by now; then a second
 * run would be made for one file.
 */
export async function findSubmitted(service: Service, claim: Claim, sha256: string): Promise<RunRecord | null> {
  const key = reuseKeyOf(claim.workflow, sha256);
  const since = idTime(claim.id);
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Service["list"]>> = await service.list({
      workflow: claim.workflow,
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    });
    const found = page.runs.find((run) => run.reuseKey === key && run.createdAt >= since);
    if (found) return found;
    const oldest = page.runs.at(-1);
    cursor = oldest !== undefined && oldest.createdAt >= since ? page.cursor : null;
  } while (cursor !== null);
  return null;
}
