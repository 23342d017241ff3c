import { z } from "zod";
import type { JsonObject } from "../core/index.ts";

/**
 * What the engine and the model host say to each other over the process channel. Both ends check what
 * they receive; the version guards against two builds that meet.
 */
export const protocolVersion = 3;

/** How to load a model file: everything the host needs to know, so that it holds no configuration. */
const loadPlan = z.strictObject({
  path: z.string(),
  /** Names the content of the file. */
  id: z.string(),
  adapter: z.strictObject({ path: z.string(), id: z.string() }).nullable(),
  /** Where what was read is kept, and how much of it; null: nowhere. */
  states: z.strictObject({ folder: z.string(), bytesMax: z.int().positive() }).nullable(),
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
  apart: z.boolean(),
  best: z.int().positive(),
});

const quoteCall = z.strictObject({
  kind: z.literal("quote"),
  id,
  plan: loadPlan,
  document: z.string(),
  question: z.string(),
  lead: z.string(),
  passages: z.array(z.string()),
  quotesMax: z.int().positive(),
  quoteTokensMax: z.int().positive(),
});

const writeCall = z.strictObject({
  kind: z.literal("write"),
  id,
  plan: loadPlan,
  document: z.string(),
  instruction: z.string(),
  schema: z.custom<JsonObject | null>((value) => typeof value === "object"),
  tokensMax: z.int().positive(),
  history: z.array(z.strictObject({ by: z.enum(["system", "user", "model"]), text: z.string() })),
});

const embedCall = z.strictObject({ kind: z.literal("embed"), id, plan: loadPlan, texts: z.array(z.string()) });

const cancel = z.strictObject({ kind: z.literal("cancel"), id });

/** Engine → host. */
export const toHost = z.discriminatedUnion("kind", [scoreCall, quoteCall, writeCall, embedCall, cancel]);
export type ToHost = z.infer<typeof toHost>;
export type HostCall = Exclude<ToHost, { kind: "cancel" }>;

const tokenUse = z.strictObject({
  prompt: z.int().nonnegative(),
  reused: z.int().nonnegative(),
  generated: z.int().nonnegative(),
});

export const scoreReply = z.strictObject({
  scores: z.array(
    z.strictObject({
      meanLogProb: z.number(),
      logProb: z.number(),
      tokens: z.int().positive(),
      allowedMass: z.number(),
    }),
  ),
  tokens: tokenUse,
});
export const quoteReply = z.strictObject({
  quotes: z.array(
    z.strictObject({
      passage: z.int().nonnegative(),
      start: z.int().nonnegative(),
      end: z.int().positive(),
      meanLogProb: z.number(),
      logProb: z.number(),
      tokens: z.int().positive(),
    }),
  ),
  allowedMass: z.number(),
  tokens: tokenUse,
});
export const writeReply = z.strictObject({ text: z.string(), tokens: tokenUse });
export const embedReply = z.array(z.instanceof(Float32Array));

const ready = z.strictObject({ kind: z.literal("ready"), version: z.number() });
/** The call goes on: so much of it is done. Silence for too long means that it hangs. */
const progress = z.strictObject({ kind: z.literal("progress"), id, done: z.number(), total: z.number() });
const done = z.strictObject({ kind: z.literal("done"), id, value: z.unknown() });
const failed = z.strictObject({
  kind: z.literal("failed"),
  id,
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

/** Host → engine. */
export const fromHost = z.discriminatedUnion("kind", [ready, progress, done, failed]);
export type FromHost = z.infer<typeof fromHost>;
