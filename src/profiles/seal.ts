import { createHash } from "node:crypto";
import type { ProfileFiles } from "../ports/index.ts";

/** The checksum of every file in a list that `sha256sum --check` reads. */
const listName = "SHA256SUMS";

export function sealed(files: ProfileFiles): ProfileFiles {
  const list = Object.entries(files).map(([name, text]) => `${sha256(text)}  ${name}\n`);
  return { ...files, [listName]: list.join("") };
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
  const list = await read(listName);
  if (list === null) throw new Error(`${listName} is missing`);
  const files: Record<string, string> = {};
  for (const [, sum = "", name = ""] of list.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)) {
    if (!wanted(name)) continue;
    const text = await read(name);
    if (text === null) throw new Error(`${name} is missing`);
    if (sha256(text) !== sum) throw new Error(`${name} is not what was written`);
    files[name] = text;
  }
  return files;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
