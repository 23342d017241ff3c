import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DocumentText, Json } from "../src/core/index.ts";
import { createReader } from "../src/document/index.ts";

/** A labelled document of an item file. */
export interface BenchItem {
  readonly id: string;
  readonly text?: string;
  readonly path?: string;
  readonly truth: Readonly<Record<string, Json>>;
}

export interface ReadItem {
  readonly item: BenchItem;
  readonly text: DocumentText;
}

/**
 * The items of a .jsonl file, each document read.
 * @param cacheFolder keeps what was read, by content; undefined: every document is read anew
 */
export async function readItems(list: string, cacheFolder: string | undefined): Promise<readonly ReadItem[]> {
  const items = readFileSync(list, "utf8")
    .trim()
    .split("\n")
    .map((line): BenchItem => JSON.parse(line));
  const reader = createReader();
  const read: ReadItem[] = [];
  for (const item of items) {
    const path = resolve(dirname(list), item.path ?? "");
    const bytes = item.text === undefined ? readFileSync(path) : new TextEncoder().encode(item.text);
    const name = item.text === undefined ? basename(path) : "item.txt";
    const anew = () => reader.read(bytes, { name, pagesMax: 50, bytesMax: 1e8, timeoutMs: 120_000 });
    read.push({ item, text: cacheFolder === undefined ? await anew() : await cached(cacheFolder, bytes, anew) });
  }
  await reader.close();
  return read;
}

async function cached(folder: string, bytes: Uint8Array, anew: () => Promise<DocumentText>): Promise<DocumentText> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${createHash("sha256").update(bytes).digest("hex")}.json`);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await anew()));
  return JSON.parse(readFileSync(file, "utf8"));
}
