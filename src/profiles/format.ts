import { z } from "zod";
import { type Json, type Profile, populations, promises, scopes } from "../core/index.ts";
import type { Audited, ProfileExample, ProfileFiles, Withdrawal } from "../ports/index.ts";

/** A profile as files: what people may want to read stands in files of its own. */

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const share = z.number().min(0).max(1);
const count = z.int().min(0);

const manifest = z.strictObject({
  schema: z.literal("weir.profile/1"),
  name: z.string(),
  version: z.int().min(1),
  workflow: z.strictObject({ name: z.string(), version: z.number(), hash: z.string() }),
  learned: z.strictObject({
    on: z.string(),
    engine: z.string(),
    examples: count,
    sources: count,
    hash: z.string(),
    models: z.record(z.string(), z.strictObject({ name: z.string(), sha256: z.string() })),
  }),
  risk: share,
  promise: z.enum(promises),
  watch: z.strictObject({ audit: share, confidences: z.record(z.string(), json) }),
  /** Names of the steps whose files belong to it. */
  steps: z.array(z.string()),
});

const certificate = z.strictObject({
  path: z.string(),
  promise: z.enum(promises),
  risk: share,
  population: z.enum(scopes),
  threshold: share.nullable(),
  labels: count,
  accepted: count,
  wrong: count,
  bound: share.nullable(),
  missing: count.nullable(),
  method: z.string(),
});

const example = z.strictObject({
  id: z.string(),
  document: z.strictObject({ sha256: z.string(), name: z.string(), bytes: count }),
  truth: z.record(z.string(), json),
  from: z.enum(["file", "review"]),
  doubted: z.array(z.string()).optional(),
});

const withdrawal = z.strictObject({
  path: z.string(),
  population: z.enum(scopes),
  source: z.int().optional(),
  reason: z.string(),
  on: z.string(),
});

const audit = z.strictObject({
  run: z.string(),
  path: z.string(),
  population: z.enum(populations),
  right: z.boolean(),
  on: z.string(),
});

const stepFile = (name: string) => `steps/${name}.json`;
export const examplesFile = "examples.jsonl";

export function toFiles(profile: Profile, examples: readonly ProfileExample[]): ProfileFiles {
  const { steps, sources, certificates, ...head } = profile;
  return {
    "profile.json": pretty({ ...head, steps: Object.keys(steps) }),
    "certificates.json": lines(certificates),
    "sources.json": `${JSON.stringify(sources)}\n`,
    ...Object.fromEntries(Object.entries(steps).map(([name, model]) => [stepFile(name), `${JSON.stringify(model)}\n`])),
    [examplesFile]: toLines(examples),
  };
}

/** @throws Error saying which file is not in order */
export function toProfile(files: ProfileFiles): Profile {
  const { steps, ...head } = parsed(files, "profile.json", manifest);
  return {
    ...head,
    steps: Object.fromEntries(steps.map((name) => [name, parsed(files, stepFile(name), json)])),
    sources: parsed(files, "sources.json", json),
    certificates: parsed(files, "certificates.json", z.array(certificate)),
  };
}

export function toExamples(files: ProfileFiles): readonly ProfileExample[] {
  const text = files[examplesFile];
  if (text === undefined) throw new Error(`${examplesFile} is missing`);
  return linesOf(text).map((line) => exampleOf(line));
}

function exampleOf(line: string): ProfileExample {
  const { doubted, ...rest } = example.parse(JSON.parse(line));
  return doubted === undefined ? rest : { ...rest, doubted };
}

/** What is written beside a version, one entry a line. */
export const toWithdrawals = (text: string): readonly Withdrawal[] => linesOf(text).map((line) => withdrawalOf(line));
export const toAudits = (text: string): readonly Audited[] =>
  linesOf(text).map((line) => audit.parse(JSON.parse(line)));

function withdrawalOf(line: string): Withdrawal {
  const { source, ...rest } = withdrawal.parse(JSON.parse(line));
  return source === undefined ? rest : { ...rest, source };
}

export const toLines = (values: readonly object[]) => values.map((one) => `${JSON.stringify(one)}\n`).join("");

const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** One entry a line: a list that people can read and compare. */
const lines = (values: readonly unknown[]) => `[\n${values.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`;

function parsed<T>(files: ProfileFiles, name: string, schema: z.ZodType<T>): T {
  const text = files[name];
  if (text === undefined) throw new Error(`${name} is missing`);
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${name} is not in the form of a profile`, { cause: error });
  }
}
