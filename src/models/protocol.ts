import { z } from "zod";
import type { JsonObject } from "../core/index.ts";

/**
 * What the engine and the model host say to each other over the process channel. Both ends check what
 * they receive; the version guards against two builds that meet.
 */
export const protocolVersion = 1;

/** How to load a model file: everything the host needs to know, so that it holds no configuration. */
const loadPlan = z.strictObject({
  path: z.string(),
  contextTokens: z.int().positive(),
  /** Threads for reading; 0: all that are useful. */
  threads: z.int().nonnegative(),
  gpu: z.boolean(),
});
export type LoadPlan = z.infer<typeof loadPlan>;

const id = z.int().positive();

const scoreCall = z.strictObject({
  kind: z.literal("score"),
  id,
  plan: loadPlan,
  document: z.string(),
  question: z.string(),
  lead: z.string(),
  options: z.array(z.string()).min(1),
  optionTokensMax: z.int().positive(),
});

const writeCall = z.strictObject({
  kind: z.literal("write"),
  id,
  plan: loadPlan,
  document: z.string(),
  instruction: z.string(),
  schema: z.custom<JsonObject>((value) => typeof value === "object" && value !== null),
  tokensMax: z.int().positive(),
});

const embedCall = z.strictObject({ kind: z.literal("embed"), id, plan: loadPlan, texts: z.array(z.string()) });

const cancel = z.strictObject({ kind: z.literal("cancel"), id });

/** Engine → host. */
export const toHost = z.discriminatedUnion("kind", [scoreCall, writeCall, embedCall, cancel]);
export type ToHost = z.infer<typeof toHost>;
export type HostCall = Exclude<ToHost, { kind: "cancel" }>;

const tokenUse = z.strictObject({
  prompt: z.int().nonnegative(),
  reused: z.int().nonnegative(),
  generated: z.int().nonnegative(),
});

export const scoreReply = z.strictObject({
  scores: z.array(z.strictObject({ meanLogProb: z.number(), allowedMass: z.number() })),
  tokens: tokenUse,
});
export const writeReply = z.strictObject({ text: z.string(), tokens: tokenUse });
export const embedReply = z.array(z.instanceof(Float32Array));

const ready = z.strictObject({ kind: z.literal("ready"), version: z.number() });
const done = z.strictObject({ kind: z.literal("done"), id, value: z.unknown() });
const failed = z.strictObject({
  kind: z.literal("failed"),
  id,
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

/** Host → engine. */
export const fromHost = z.discriminatedUnion("kind", [ready, done, failed]);
export type FromHost = z.infer<typeof fromHost>;
