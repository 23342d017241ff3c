import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { type Submitted, idempotencyKeyMax, type submitQuery, type submitTextSchema } from "../api/index.ts";
import { WeirError, canonicalJson } from "../core/index.ts";
import type { NewItem, RunRecord, Service } from "../ports/index.ts";
import { label } from "./label.ts";
import { type Upload, type UploadBudget, withUpload } from "./upload.ts";

export interface Submission {
  readonly service: Service;
  readonly request: FastifyRequest;
  readonly query: z.output<typeof submitQuery>;
  /** Null where the body is a form. */
  readonly body: z.output<typeof submitTextSchema> | undefined;
  readonly bodyBytesMax: number;
  readonly budget: UploadBudget;
}

/** Settings come as `set.NAME=VALUE` in the query or the form. */
const settingPrefix = "set.";
const formFields: ReadonlySet<string> = new Set(["workflow", "id"]);

/** Durable when it resolves. @throws WeirError `idempotency.conflict`, and what reading and submitting throw */
export async function submit(submission: Submission): Promise<Submitted> {
  const { request, body, bodyBytesMax, budget } = submission;
  if (!request.isMultipart()) {
    if (!body) throw new WeirError("request.content-type", "The request has no body.");
    return await start(submission, textItem(submission, body));
  }
  return await withUpload(request, bodyBytesMax, budget, (upload) => start(submission, fileItem(submission, upload)));
}

function textItem(submission: Submission, body: z.output<typeof submitTextSchema>): NewItem {
  const name = label(body.name ?? "text.txt");
  return {
    itemId: body.id ?? name,
    name,
    workflow: workflowOf(submission, body.workflow),
    bytes: new TextEncoder().encode(body.text),
    settings: { ...settingsIn(submission.request.query as object), ...body.settings },
  };
}

function fileItem(submission: Submission, { bytes, fileName, fields }: Upload): NewItem {
  for (const name of fields.keys()) {
    if (formFields.has(name) || name.startsWith(settingPrefix)) continue;
    throw new WeirError("request.invalid", `The form has a field "${name}"; it may have file, workflow, id, set.NAME.`);
  }
  const name = label(fileName);
  return {
    itemId: fields.get("id") || name,
    name,
    workflow: workflowOf(submission, fields.get("workflow")),
    bytes,
    settings: { ...settingsIn(submission.request.query as object), ...settingsIn(Object.fromEntries(fields)) },
  };
}

/**
 * By name only: the service would load a path as code, and no caller may choose what code runs here.
 * @throws WeirError `request.invalid`, `workflow.unknown`
 */
function workflowOf({ service, query: { workflow } }: Submission, inBody: string | undefined): string {
  if (workflow !== undefined && inBody !== undefined && workflow !== inBody) {
    throw new WeirError("request.invalid", `The query names workflow "${workflow}", the body "${inBody}".`);
  }
  const name = workflow ?? inBody;
  if (name === undefined) throw new WeirError("request.invalid", "No workflow is named: add ?workflow=NAME.");
  const known = service.workflows().map((view) => view.name);
  if (known.includes(name)) return name;
  throw new WeirError("workflow.unknown", `There is no workflow "${name}".`, {
    hint: `Name one of: ${known.join(", ")}.`,
  });
}

function settingsIn(values: object): Record<string, string> {
  const settings = Object.entries(values)
    .filter(([name]) => name.startsWith(settingPrefix))
    .map(([name, value]: [string, unknown]) => {
      if (typeof value !== "string") throw new WeirError("request.invalid", `${name} is given more than once.`);
      return [name.slice(settingPrefix.length), value];
    });
  return Object.fromEntries(settings);
}

async function start({ service, request, query }: Submission, given: NewItem): Promise<Submitted> {
  const { profile, priority } = query;
  const item: NewItem = {
    ...given,
    ...(profile === undefined ? {} : { profile }),
    ...(priority === undefined ? {} : { priority }),
  };
  const key = request.headers["idempotency-key"];
  if (key === undefined) return submitted(await service.submit(item));
  const reuseKey = reuseKeyOf(String(key));
  // Submitting gives an earlier run only while it has not failed; the key stands for its run for good.
  const [known] = (await service.list({ reuseKey, limit: 1 })).runs;
  const { run, created } = known ? { run: known, created: false } : await service.submit({ ...item, reuseKey });
  if (!created && !isSame(run, item)) {
    throw new WeirError(
      "idempotency.conflict",
      `This Idempotency-Key belongs to run ${run.id}, which is of another document, workflow or setting.`,
    );
  }
  return submitted({ run, created });
}

/** @throws WeirError `request.invalid` */
function reuseKeyOf(key: string): string {
  if (key.length === 0 || key.length > idempotencyKeyMax) {
    throw new WeirError("request.invalid", `An Idempotency-Key has 1 to ${idempotencyKeyMax} characters.`);
  }
  return `http:${createHash("sha256").update(key).digest("hex")}`;
}

function isSame(run: RunRecord, item: NewItem): boolean {
  const sha256 = createHash("sha256").update(item.bytes).digest("hex");
  return (
    run.document.sha256 === sha256 &&
    run.workflow.name === item.workflow &&
    canonicalJson(run.settings) === canonicalJson(item.settings ?? {})
  );
}

function submitted({ run, created }: { readonly run: RunRecord; readonly created: boolean }): Submitted {
  return { run: run.id, created };
}
