// npm run bench:engine -- [--only steps|queue|drain|volume|bytes] [--quick] [--write]: what durability costs. Starts a PostgreSQL
// and a Redis that has every write on the disk before it answers. Ratios hold; times are this machine's.
// --write puts the tables into docs/reliability.md.
import { parseArgs } from "node:util";
import { markdownTable, writeFigures } from "../test/support/figures.ts";
import { startPostgres, startRedis } from "../test/support/servers/index.ts";
import { bytesCosts } from "./engine/bytes.ts";
import { drainCosts } from "./engine/drain.ts";
import { queueCosts } from "./engine/queue.ts";
import { stepCosts } from "./engine/steps.ts";
import { volumeCosts } from "./engine/volume.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const part = values.quick ? 0.05 : 1;
const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
const servers = { postgres, redis };
const benches = {
  steps: async () => await stepCosts(servers, 200 * part),
  queue: async () => await queueCosts(servers, 10_000 * part),
  drain: async () => await drainCosts(servers, 10_000 * part),
  volume: async () => await volumeCosts(servers, 100_000 * part),
  bytes: async () => await bytesCosts(servers, 40 * part),
};
try {
  for (const [name, bench] of Object.entries(benches)) {
    if (values.only !== undefined && values.only !== name) continue;
    console.log(name);
    const table = await bench();
    console.table(table);
    if (!values.write) continue;
    const command = `npm run bench:engine -- --only ${name}${values.quick ? " --quick" : ""}`;
    writeFigures("docs/reliability.md", `bench, ${name}`, command, markdownTable(table));
  }
} finally {
  await Promise.all([postgres.remove(), redis.remove()]);
}
