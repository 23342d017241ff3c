import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { profilesOn } from "../../src/profiles/index.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openPostgres } from "../../src/stores/postgres/open.ts";
import { newProfile } from "../../src/testing/index.ts";
import { weirIn } from "../support/command.ts";
import { type TestPostgres, startPostgres } from "../support/servers/index.ts";

vi.setConfig({ testTimeout: 240_000 });

/** Says what it was given, and leaves it to a person. */
const workflow = `
  import { read, review, workflow } from "weir";
  import { z } from "zod";
  const step = {
    name: "find", kind: "extract", shape: {}, schema: z.object({ text: z.string() }),
    run: async (state, { text }) => {
      const [line] = (await text(state)).pages.flatMap((page) => page.lines);
      const decision = { confidence: null, by: "rule", source: [], alternatives: [], evidence: {}, status: "review" };
      return { ...state, stage: "draft", draft: { decisions: { text: { ...decision, value: line.text } }, doubts: [], optional: [] } };
    },
  };
  export default workflow("lines", { version: 1 }).step(read()).step(step as never).step(review() as never);
`;

let server: TestPostgres;
let folder = "";
beforeAll(async () => {
  server = await startPostgres();
  folder = await mkdtemp(join(tmpdir(), "weir-upkeep-"));
  await writeFile(join(folder, "lines.ts"), workflow);
  await writeFile(join(folder, "secret.txt"), "Xylophonist\n");
  await writeFile(join(folder, "other.txt"), "Somebody\n");
});
afterAll(async () => {
  await server.remove();
  await rm(folder, { recursive: true });
});

/** Every machine has a data folder of its own. */
const on =
  (machine: string) =>
  async (...args: readonly string[]) =>
    await weirIn(folder, [...args, "--data", machine], { WEIR_DATABASE_URL: server.url });

test("on PostgreSQL any machine prunes and erases for all, and what one was taught the others use", async () => {
  const [first, second] = [on("one"), on("two")];
  const ran = await first("run", "./lines.ts", "secret.txt", "other.txt", "--json");
  const [secret, other] = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { run: string });
  expect((await second("review", other?.run ?? "", "--accept-all")).code).toBe(0);

  const { shelf, store } = await openPostgres({ url: server.url, clock: systemClock });
  await profilesOn(shelf).save(newProfile({ workflow: { name: "lines", version: 1, hash: "another" } }), []);
  await store.close();
  const used = await second("run", "./lines.ts", "other.txt", "--profile", "default", "--json");
  // It is there on the other machine, and says what is wrong with it.
  expect([used.code, used.stderr]).toEqual([2, expect.stringContaining("(profile.other-workflow)")]);

  const purged = await second("purge", secret?.run ?? "", "--json");
  expect([purged.code, purged.stderr]).toEqual([0, ""]);
  expect(JSON.parse(purged.stdout)).toMatchObject({ runs: [secret?.run], blobs: 2 });
  const tables = ["runs", "events", "reviews", "contents", "blob_chunks", "record"];
  for (const table of tables) {
    const [row] = await server.query(`select count(*) from ${table} t where t::text like '%Xylophonist%'`);
    expect([table, Number(row?.["count"])]).toEqual([table, 0]);
  }

  const pruned = await first("prune", "--older-than", "0s", "--vacuum", "--json");
  expect(JSON.parse(pruned.stdout)).toMatchObject({ schema: "weir.prune/1", runs: 1 });
  expect((await second("audit", "verify", "--json")).code).toBe(0);
  expect(JSON.parse((await first("show", other?.run ?? "", "--json")).stdout)).toMatchObject({
    status: "succeeded",
    output: { text: "Somebody" },
  });

  const backup = await first("backup", "copy");
  expect([backup.code, backup.stderr]).toEqual([2, expect.stringContaining("pg_dump")]);
});
