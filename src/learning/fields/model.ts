import { z } from "zod";
import type { Calibration } from "../../confidence/index.ts";
import { type Json, WeirError } from "../../core/index.ts";
import type { Weights } from "../../ranking/ranker.ts";
import type { Finder } from "./finders.ts";
import type { Forest } from "./forest.ts";
import type { Exemplar } from "./memory.ts";
import { secondReaders, type SecondWeights } from "./second.ts";
import type { Order } from "./orders.ts";

/** What was learned about reading fields, as it stands in a profile: plain JSON, rounded, readable. */
export interface FieldsModel {
  readonly schema: typeof modelSchema;
  readonly paths: Readonly<Record<string, PathModel>>;
  readonly orders: readonly Order[];
  readonly calibration: Calibration;
  readonly memory: readonly Exemplar[];
  readonly second: SecondWeights;
}

export interface PathModel {
  readonly finders: readonly Finder[];
  /** Whether the page may not state it. */
  readonly absence: boolean;
  readonly logit: Weights;
  readonly forest: Forest | null;
  /** How much each reader counts. */
  readonly fusion: Weights;
}

export const modelSchema = "weir.fields/1";

const weights = z.record(z.string(), z.number());
const mark = z.object({ left: z.string(), above: z.string(), top: z.number(), end: z.number() });
const answer = z.object({ value: z.json(), key: z.string(), right: z.boolean().nullable(), marks: z.array(mark) });
const node = z.object({
  feature: z.number(),
  bin: z.number(),
  left: z.number(),
  right: z.number(),
  value: z.number(),
});
const shape = z.object({
  schema: z.literal(modelSchema),
  paths: z.record(
    z.string(),
    z.object({
      finders: z.array(z.string()),
      absence: z.boolean(),
      logit: weights,
      forest: z.object({ cues: z.array(z.string()), trees: z.array(z.array(node)) }).nullable(),
      fusion: weights,
    }),
  ),
  orders: z.array(z.object({ first: z.string(), second: z.string() })),
  calibration: z.object({
    signals: z.array(z.string()),
    shared: z.array(z.number()),
    paths: z.record(z.string(), z.array(z.number())),
    curve: z.array(z.tuple([z.number(), z.number()])).nullable(),
  }),
  second: z.record(z.string(), z.partialRecord(z.enum(secondReaders), z.number())),
  memory: z.array(z.object({ tokens: z.array(z.number()), answers: z.record(z.string(), answer) })),
});

/** @throws WeirError `profile.damaged` */
export function fieldsModel(json: Json): FieldsModel {
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data as unknown as FieldsModel;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw new WeirError("profile.damaged", `What the profile holds for reading fields cannot be used${place}.`);
}
