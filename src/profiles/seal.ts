import { createHash } from "node:crypto";
import type { ProfileFiles } from "../ports/index.ts";

/** The checksum of every file in a list that `sha256sum --check` reads. */
export const sealName = "SHA256SUMS";

/** Both lists in one: while files are replaced, what they were and what they become are as good. */
export function sealedTwice(before: string, after: ProfileFiles): string {
  return `${before}${listOf(after)}`;
}

export function sealed(files: ProfileFiles): ProfileFiles {
  return { ...files, [sealName]: listOf(files) };
}

function listOf(files: ProfileFiles): string {
  return Object.entries(files)
    .map(([name, text]) => `${sha256(text)}  ${name}\n`)
    .join("");
}

/**
 * The files of the list, checked against it.
 * @param read the text of a file; null where there is none
 * @param wanted whether a file is to be read; the list itself always is
 * @throws Error naming the first file that is missing or was changed
 */
export async function checked(
  read: (file: string) => Promise<string | null>,
  wanted: (name: string) => boolean,
): Promise<ProfileFiles> {
  const list = await read(sealName);
  if (list === null) throw new Error(`${sealName} is missing`);
  const files: Record<string, string> = {};
  const entries = [...list.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)];
  for (const [name, sums] of Map.groupBy(entries, ([, , file = ""]) => file)) {
    if (!wanted(name)) continue;
    const text = await read(name);
    if (text === null) throw new Error(`${name} is missing`);
    const found = sha256(text);
    if (!sums.some(([, sum]) => sum === found)) throw new Error(`${name} is not what was written`);
    files[name] = text;
  }
  return files;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
