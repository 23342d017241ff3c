import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { type Json, WeirError } from "../core/index.ts";

/** One document to be processed. */
export interface Item {
  readonly id: string;
  /** The file's name, for people. */
  readonly name: string;
  readonly source: { readonly path: string } | { readonly text: string } | { readonly stdin: true };
  /** What is right, where the item is labelled. */
  readonly truth: Readonly<Record<string, Json>> | null;
}

const lineSchema = z
  .object({
    id: z.string().min(1, "is empty"),
    path: z.string().min(1, "is empty").optional(),
    text: z.string().optional(),
    truth: z.record(z.string(), z.json()).optional(),
  })
  .refine((line) => (line.path === undefined) !== (line.text === undefined), "it needs either a path or a text");

/**
 * The items of a `.jsonl` file: `{"id","path"}` (relative to the file) or `{"id","text"}`, with `"truth"` where labelled.
 * @throws WeirError `input.bad-line` with the number of the line, `input.none` where there is no such file
 */
export async function readItems(file: string): Promise<Item[]> {
  const lines = (await readList(file)).replace(/^\uFEFF/, "").split(/\r?\n/);
  return lines.flatMap((line, index) => (line.trim() === "" ? [] : [parseLine(line, file, index + 1)]));
}

async function readList(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new WeirError("input.none", `There is no file ${file}`, { cause: error });
    throw new WeirError("input.none", `${file} cannot be read (${code})`, { cause: error });
  }
}

function parseLine(line: string, file: string, number: number): Item {
  const bad = (why: string) => new WeirError("input.bad-line", `${file}, line ${number}: ${why}`);
  const parsed = lineSchema.safeParse(parseJson(line, bad));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join(".");
    throw bad(where ? `"${where}": ${issue?.message}` : (issue?.message ?? "not an item"));
  }
  const { id, path, text, truth } = parsed.data;
  return {
    id,
    name: path === undefined ? id : basename(path),
    source: path === undefined ? { text: text ?? "" } : { path: resolve(dirname(file), path) },
    truth: (truth as Readonly<Record<string, Json>> | undefined) ?? null,
  };
}

function parseJson(line: string, bad: (why: string) => WeirError): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}
