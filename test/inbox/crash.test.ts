import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../src/core/index.ts";
import { crashPoints } from "../../src/inbox/index.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openSqlite } from "../../src/stores/sqlite/open.ts";
import { parseResult } from "../support/inbox.ts";

const script = path.join(import.meta.dirname, "../support/inbox-process.ts");

describe("kill -9 of the inbox, its engine and its store together", () => {
  let dir: string;
  let data: string;
  let dropped: string[];
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "weir-inbox-"));
    data = await mkdtemp(path.join(tmpdir(), "weir-data-"));
    dropped = [];
    await mkdir(path.join(dir, "invoice"));
  });
  afterEach(async () => {
    for (const folder of [dir, data]) await rm(folder, { recursive: true, force: true });
  });

  const launch = (crashAt = "", inFlight = "100") =>
    spawn(process.execPath, [script, dir, data], {
      env: { ...process.env, CRASH_AT: crashAt, IN_FLIGHT: inFlight },
      stdio: ["ignore", "pipe", "inherit"],
    });

  const ended = async (child: ChildProcess): Promise<number | string> => {
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    return signal ?? code ?? -1;
  };

  /** A good document, the same bytes once more, one that fails, and one whose name leaves no room for a claim. */
  const drop = async (batch: string) => {
    const documents = {
      [`${batch}-good.txt`]: `${batch} good`,
      [`${batch}-same.txt`]: `${batch} good`,
      [`${batch}-fail.txt`]: `${batch} fail`,
      [`${batch}-${"long".repeat(50)}.txt`]: `${batch} long`,
    };
    for (const [name, text] of Object.entries(documents)) {
      await writeFile(path.join(dir, "invoice", name), text);
      dropped.push(name);
    }
  };

  const names = async (...folder: string[]) => (await readdir(path.join(dir, ...folder))).toSorted();

  const expectOneResultEach = async () => {
    const failing = dropped.filter((name) => name.includes("fail"));
    const good = dropped.filter((name) => !name.includes("fail"));
    expect(await names("invoice", "done")).toEqual(good.flatMap((name) => [name, `${name}.result.json`]).toSorted());
    expect(await names("invoice", "failed")).toEqual(
      failing.flatMap((name) => [name, `${name}.result.json`, `${name}.error.json`]).toSorted(),
    );
    for (const folder of ["claimed", "owners", "tmp"]) expect(await names(".weir", folder)).toEqual([]);
    const results: Result[] = [];
    for (const name of dropped) {
      const folder = name.includes("fail") ? "failed" : "done";
      const result = parseResult(await readFile(path.join(dir, "invoice", folder, `${name}.result.json`), "utf8"));
      expect(result.status).toBe(name.includes("fail") ? "failed" : "succeeded");
      results.push(result);
    }
    // Three contents a batch: one run each, though the failed ones would not be used again.
    const { store } = await openSqlite({ folder: data, clock: systemClock });
    const { runs } = await store.runs.list({ limit: 200 });
    await store.close();
    expect(runs).toHaveLength((dropped.length / 4) * 3);
    expect(new Set(results.map(({ run }) => run))).toEqual(new Set(runs.map(({ id }) => id)));
  };

  it("at every crash point leaves each file with one result, none claimed, none doubled", async () => {
    for (const point of crashPoints) {
      await drop(point);
      expect([point, await ended(launch(`${point}:1`))]).toEqual([point, "SIGKILL"]);
    }
    expect(await ended(launch())).toBe(0);
    await expectOneResultEach();
  }, 180_000);

  it("at six random moments does too", async () => {
    for (let kill = 0; kill < 6; kill++) {
      await drop(`batch${kill}`);
      const child = launch();
      await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
      await systemClock.sleep(kill * 30);
      child.kill("SIGKILL");
      await ended(child);
    }
    expect(await ended(launch())).toBe(0);
    await expectOneResultEach();
  }, 180_000);

  it("leaves its claims to another inbox that runs at the same time", async () => {
    // Never finished: keeps both from ending before there is anything to do.
    const hold = path.join(dir, "invoice", "hold.pdf");
    await writeFile(hold, "%PDF-1.4");
    const [dying, living] = [launch("run.recorded:1", "2"), launch("", "2")];
    const ends = [ended(dying), ended(living)];
    await Promise.all([once(dying.stdout, "data"), once(living.stdout, "data")]);
    for (let batch = 0; batch < 5; batch++) await drop(`batch${batch}`);
    expect(await ends[0]).toBe("SIGKILL");
    await rm(hold);
    expect(await ends[1]).toBe(0);
    await expectOneResultEach();
  }, 180_000);
});
