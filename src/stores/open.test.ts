import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);

/** Opens a storage in a process of its own and prints which of the clients were loaded for it. */
const script = (module: string, folder: string, redisUrl: string | null, databaseUrl: string | null) => `
  import { createRequire } from "node:module";
  const { openStorage } = await import(${JSON.stringify(module)});
  const clock = { now: () => Date.now(), random: () => 0, sleep: async () => {} };
  const options = { folder: ${JSON.stringify(folder)}, clock, onTrouble: () => {} };
  await openStorage({ ...options, databaseUrl: ${JSON.stringify(databaseUrl)}, redisUrl: ${JSON.stringify(redisUrl)} })
    .then(({ store }) => store.close(), () => {});
  const loaded = Object.keys(createRequire(import.meta.url).cache).join("\\n");
  console.log(["pg", "bullmq", "ioredis"].filter((name) => loaded.includes("/node_modules/" + name + "/")).join());
  process.exit();`;

it("what one machine does not need is not loaded, and what others need is", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-storage-"));
  const module = path.join(import.meta.dirname, "open.ts");
  const loaded = async (databaseUrl: string | null, redisUrl: string | null) => {
    const text = script(module, folder, redisUrl, databaseUrl);
    return (await run(process.execPath, ["--input-type=module", "--eval", text])).stdout.trim();
  };
  const nowhere = "postgres://127.0.0.1:1/none";
  const redis = "redis://127.0.0.1:1";
  expect(await Promise.all([loaded(null, null), loaded(nowhere, null), loaded(nowhere, redis)])).toEqual([
    "",
    "pg",
    "pg,bullmq,ioredis",
  ]);
  await rm(folder, { recursive: true });
}, 60_000);
