import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { folderProfiles } from "../src/profiles/index.ts";
import { newProfile } from "../src/testing/index.ts";
import { weirIn } from "./support/command.ts";

vi.setConfig({ testTimeout: 240_000 });

/** Stands in the document, its name and what a person decided, and nowhere else. */
const marker = "Xylophonist-4711";

/** Takes the second line for the holder, and is never sure. */
const workflow = `
  import { extract, read, review, workflow } from "weir";
  import { z } from "zod";
  const Letter = z.object({ holder: z.string(), lines: z.string() });
  const step = {
    name: "find", kind: "extract", shape: {}, schema: Letter,
    run: async (state, { text, tell }) => {
      const lines = (await text(state)).pages.flatMap((page) => page.lines);
      const line = lines[1].text;
      tell("seen", { line });
      const source = [{ page: 1, line: 2, text: line, box: null }];
      const decision = { confidence: null, by: "rule", alternatives: [], evidence: {}, source };
      const decisions = {
        holder: { ...decision, value: line, status: "review", alternatives: [{ value: line + "?", confidence: null }] },
        lines: { ...decision, value: String(lines.length), status: "accepted" },
      };
      const doubts = [{ code: "unsure", paths: ["holder"], message: "is it " + line + "?", step: "find" }];
      return { ...state, stage: "draft", draft: { decisions, doubts, optional: [] } };
    },
  };
  export default workflow("letter", { version: 1 }).step(read()).step(step as never).step(review() as never);
`;

let folder = "";
let data = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-purge-"));
  data = join(folder, ".weir");
  await writeFile(join(folder, "letter.ts"), workflow);
});
afterEach(async () => await rm(folder, { recursive: true }));

const weir = async (...args: readonly string[]) => await weirIn(folder, args);

/** Files of the data folder in whose bytes the marker stands. */
async function marked(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    if (entry.name.includes(marker) || [marker, marker.toLowerCase()].some((text) => bytes.includes(text))) {
      found.push(file.slice(data.length + 1));
    }
  }
  return found.toSorted();
}

test("a purged document is nowhere in the data folder any more, and the record holds all the same", async () => {
  const name = `${marker}.txt`;
  const text = `Dear all,\n${marker}\nwas here.\n`;
  await writeFile(join(folder, name), text);
  await writeFile(join(folder, "other.txt"), "Dear all,\nSomebody Else\nwas here.\n");
  const ran = await weir("run", "./letter.ts", name, "other.txt", "--json");
  const [first, second] = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { run: string });
  expect((await weir("review", first?.run ?? "", "--set", `holder=Doctor ${marker}`)).code).toBe(0);
  expect((await weir("review", second?.run ?? "", "--accept-all")).code).toBe(0);
  // Once more, and this one still waits for a person.
  await weir("run", "./letter.ts", name, "--fresh", "--json");
  const sha256 = createHash("sha256").update(text).digest("hex");
  const example = { id: name, document: { sha256, name, bytes: text.length }, from: "review" as const };
  const steps = { extract: { memory: [{ value: `Doctor ${marker}` }] } };
  const profiles = folderProfiles(join(data, "profiles"));
  await profiles.save(newProfile({ steps }), [{ ...example, truth: { holder: `Doctor ${marker}` } }]);
  const done = join(data, "inbox", "letter", "done");
  await mkdir(done, { recursive: true });
  await cp(join(folder, name), join(done, name));
  // As a model leaves behind what it has read.
  await mkdir(join(data, "states"));
  await writeFile(join(data, "states", "key.sum.state"), `tokens of ${marker}`);
  const shown = await weir("show", first?.run ?? "", "--json");
  await writeFile(join(done, `${name}.result.json`), shown.stdout);

  const head = (JSON.parse((await weir("audit", "verify", "--json")).stdout) as { head: string }).head;
  expect((await marked()).length).toBeGreaterThan(5);
  const purged = await weir("purge", name, "--json");
  expect([purged.code, purged.stderr]).toEqual([0, ""]);
  expect(JSON.parse(purged.stdout)).toMatchObject({
    document: sha256,
    runs: [first?.run, expect.any(String)],
    blobs: 2,
    profiles: ["receipt/default@1"],
    entries: 1,
    files: [join(done, name), join(done, `${name}.result.json`)],
  });
  expect(await marked()).toEqual([]);

  const verified = await weir("audit", "verify", "--head", head, "--json");
  expect(verified.code).toBe(0);
  expect(JSON.parse(verified.stdout)).toMatchObject({ entries: 3 });
  const left = await weir("ls", "--json");
  expect(left.stdout.trim().split("\n")).toHaveLength(1);
  expect(JSON.parse(left.stdout)).toMatchObject({ run: second?.run, output: { holder: "Somebody Else" } });
  expect((await weir("show", first?.run ?? "")).code).toBe(2);
  expect(await profiles.current("receipt", "default")).toBe("default@1");
  // Nothing is left to purge; by its hash it is known all the same, by its run no more.
  expect(JSON.parse((await weir("purge", sha256, "--json")).stdout)).toMatchObject({ runs: [], blobs: 0, entries: 0 });
  expect((await weir("purge", first?.run ?? "")).code).toBe(2);
});
