import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { folderProfiles } from "../src/profiles/index.ts";
import { newProfile } from "../src/testing/index.ts";

vi.setConfig({ testTimeout: 60_000 });

const root = join(import.meta.dirname, "..");

/** Saves one version after the other until it is killed, and says which are saved. */
const script = (folder: string) => `
  import { folderProfiles } from ${JSON.stringify(join(root, "src/profiles/index.ts"))};
  const profiles = folderProfiles(${JSON.stringify(folder)});
  const steps = { steps: { extract: "x".repeat(400_000) } };
  for (;;) {
    const { version } = await profiles.save(Object.assign(${JSON.stringify(newProfile({ steps: {} }))}, steps), []);
    process.stdout.write(version + "\\n");
  }
`;

/** @returns the version it said was saved last, when it was killed after so many */
async function killedAfter(folder: string, count: number, delayMs: number): Promise<number> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script(folder)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said: number[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.push(...text.trim().split("\n").map(Number));
    if (said.length >= count) resolve();
  });
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  await Promise.race([enough, ended]);
  // At another place of the next save each time.
  setTimeout(() => child.kill("SIGKILL"), delayMs);
  await ended;
  return said.at(-1) ?? 0;
}

test("a process that is killed while it saves leaves a profile in use that is whole, and no earlier one than it said", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-profiles-crash-"));
  try {
    for (const delayMs of [0, 1, 3, 5, 8, 13]) {
      const last = await killedAfter(folder, 2, delayMs);
      expect(last).toBeGreaterThan(0);
      const profiles = folderProfiles(folder);
      const ref = (await profiles.current("receipt", "default")) ?? "";
      expect(Number(ref.split("@")[1])).toBeGreaterThanOrEqual(last);
      expect((await profiles.load("receipt", ref)).steps["extract"]).toHaveLength(400_000);
      expect(await profiles.examples("receipt", ref)).toEqual([]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
