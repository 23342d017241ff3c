import { z } from "zod";
import { priorityMost, resultSchema } from "../core/index.ts";

/** What goes over the wire, for the server that checks it, the client that reads it and the OpenAPI that describes it. */

/** Any JSON value. */
const jsonSchema = resultSchema.shape.output.valueType;

const time = z.iso.datetime().describe("UTC");
const workflowName = z.string().min(1).max(200).describe("name of a workflow, as GET /v1/workflows lists it");
const itemId = z.string().min(1).max(255).describe("the caller's own name for the document; else its file name");
const settings = z
  .record(z.string().min(1).max(100), z.string().max(10_000))
  .describe("what the workflow lets one set");
const errorSchema = resultSchema.shape.error;

const runStatusSchema = resultSchema.shape.status;

export const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string().describe("the status in words"),
    status: z.int().describe("the HTTP status"),
    code: z.string().describe("stable; docs/errors.md lists them all"),
    detail: z.string().describe("what happened"),
    hint: z.string().describe("what to do about it"),
  })
  .describe("RFC 9457 problem details");

export const submitTextSchema = z.object({
  workflow: workflowName.optional().describe("here or in ?workflow="),
  text: z.string().describe("the document"),
  id: itemId.optional(),
  name: z.string().min(1).max(1000).optional().describe("a file name, for people"),
  settings: settings.optional(),
});

export const submittedSchema = z.object({
  run: z.string().describe("id of the run"),
  created: z.boolean().describe("false: this Idempotency-Key was seen before, and this is its run"),
});

export const runSummarySchema = z.object({
  run: z.string(),
  id: itemId,
  workflow: resultSchema.shape.workflow,
  document: z.object({ sha256: z.string(), name: z.string(), bytes: z.int() }),
  status: runStatusSchema,
  waiting: resultSchema.shape.waiting,
  cancelRequested: z.boolean().describe("a worker still holds the run and will stop after its step"),
  createdAt: time,
  updatedAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  error: errorSchema,
});

const cursor = z.string().nullable().describe("for the next page; null: this is the last one");

export const runsPageSchema = z.object({ runs: z.array(runSummarySchema).describe("newest first"), cursor });

export const eventSchema = z.object({
  seq: z.int().describe("from 1, without gaps within a run"),
  type: z.string().describe("e.g. run.queued, step.done, review.opened"),
  at: time,
  data: z.record(z.string(), jsonSchema),
});

/** The last frame of an event stream: nothing more happens to the run unless somebody asks for it. */
export const endSchema = z.object({ status: runStatusSchema });

export const reviewSchema = z.object({
  run: z.string(),
  id: itemId,
  workflow: resultSchema.shape.workflow,
  document: z.object({ sha256: z.string(), name: z.string() }),
  step: z.string(),
  version: z.int().describe("send it back with the decisions; it counts up with every save"),
  status: z.enum(["open", "finished"]),
  decisions: resultSchema.shape.decisions,
  doubts: z
    .array(z.object({ code: z.string(), paths: z.array(z.string()), message: z.string() }))
    .describe("what is still to be settled"),
  createdAt: time,
  updatedAt: time,
});

export const reviewsPageSchema = z.object({ reviews: z.array(reviewSchema).describe("oldest run first"), cursor });

const decideSchema = z.object({
  version: z.int().min(0).describe("the one the person saw"),
  decisions: z
    .record(z.string().min(1).max(500), z.union([z.literal("accept"), z.object({ value: jsonSchema })]))
    .describe('by path; "accept" takes the best answer as it stands, the path "*" accepts all that have a value'),
});

export const workflowsSchema = z.object({
  workflows: z.array(
    z.object({
      name: z.string(),
      version: z.int(),
      hash: z.string(),
      input: z.record(z.string(), jsonSchema).describe("JSON Schema of the settings"),
      output: z.record(z.string(), jsonSchema).describe("JSON Schema of the output"),
    }),
  ),
});

const healthSchema = z.object({ status: z.literal("ok"), version: z.string() });
const readySchema = z.object({ status: z.literal("ready") });

export const runParams = z.object({ run: z.string().describe("id of a run") });

export const documentParams = z.object({
  document: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("sha256 of its bytes, as results name it"),
});

export const purgedSchema = z.object({
  document: z.string(),
  runs: z.array(z.string()),
  blobs: z.int().describe("stored files: the document, and what was read from it alone"),
  profiles: z.array(z.string()).describe('those that had learned from it, as "receipt/default@3"'),
  entries: z.int().describe("of the record, of which only hashes are left"),
});

const limit = z.coerce.number().int().min(1).max(200).default(50);

const profileName = z
  .string()
  .min(1)
  .max(80)
  .describe('what was learned: a name, "name@version" or "none"; left out: `default`, where it was taught');

const priority = z.coerce
  .number()
  .int()
  .min(-priorityMost)
  .max(priorityMost)
  .describe("higher first; a step of priority goes before ten minutes of waiting; default 0");

export const submitQuery = z.object({
  workflow: workflowName.optional(),
  profile: profileName.optional(),
  priority: priority.optional(),
});

const errorCode = z.string().min(1).max(100).describe("of the error that runs ended with; docs/errors.md lists them");

export const runsQuery = z.object({
  status: runStatusSchema.optional(),
  workflow: workflowName.optional(),
  code: errorCode.optional(),
  cursor: z.string().max(500).optional(),
  limit,
});

const retryFailedSchema = z.object({
  workflow: workflowName.optional(),
  code: errorCode.optional(),
  limit: z.int().min(1).max(1_000).default(1_000),
});

export const retriedSchema = z.object({
  runs: z.array(z.string()).describe("those that were queued again"),
  more: z.boolean().describe("whether there are others: ask again"),
});

export const reviewsQuery = z.object({ cursor: z.string().max(500).optional(), limit });

export const idempotencyKeyMax = 255;

/** Components of the OpenAPI document, by name. */
export const components = {
  Result: resultSchema,
  Json: jsonSchema,
  Problem: problemSchema,
  SubmitText: submitTextSchema,
  Submitted: submittedSchema,
  Run: runSummarySchema,
  RunsPage: runsPageSchema,
  RetryFailed: retryFailedSchema,
  Retried: retriedSchema,
  Purged: purgedSchema,
  Event: eventSchema,
  Review: reviewSchema,
  ReviewsPage: reviewsPageSchema,
  Decide: decideSchema,
  Workflows: workflowsSchema,
  Health: healthSchema,
  Ready: readySchema,
} as const;

export type ComponentName = keyof typeof components;

export type Submitted = z.infer<typeof submittedSchema>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type RunsPage = z.infer<typeof runsPageSchema>;
export type Retried = z.infer<typeof retriedSchema>;
export type Purged = z.infer<typeof purgedSchema>;
export type RunEvent = z.infer<typeof eventSchema>;
export type Review = z.infer<typeof reviewSchema>;
export type ReviewsPage = z.infer<typeof reviewsPageSchema>;
export type Workflows = z.infer<typeof workflowsSchema>;
export type Decide = z.infer<typeof decideSchema>;
