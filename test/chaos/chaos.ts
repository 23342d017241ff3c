import { parseArgs } from "node:util";
import { markdownTable, writeFigures } from "../support/figures.ts";
import { type Fault, type Trial, kills, troubles } from "./faults/index.ts";
import { type Kind, openGround } from "./house.ts";
import { randomFrom } from "./random.ts";
import { type Row, cellsOf, rowOf } from "./table.ts";

/**
 * npm run chaos -- [--points all|WORDS,…] [--runs 30] [--postgres | --redis] [--seed 1] [--write]
 *
 * Lets documents go through Weir while it is killed, blocked, cut off and confused, and counts what
 * became of them. `--runs` kills are dealt out over the named points of the engine and random moments;
 * what takes seconds each time (servers away, a full disk, …) is tried once for every fifty of them.
 * `--points` takes only faults whose name contains one of the words; `--write` puts the table into
 * docs/reliability.md.
 */
const { values } = parseArgs({
  options: {
    points: { type: "string", default: "all" },
    runs: { type: "string", default: "30" },
    postgres: { type: "boolean", default: false },
    redis: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const kind: Kind = values.redis ? "PostgreSQL and Redis" : values.postgres ? "PostgreSQL" : "SQLite";
const runs = Number(values.runs);
const wanted = ({ name, kinds }: Fault) =>
  kinds.includes(kind) && (values.points === "all" || values.points.split(",").some((word) => name.includes(word)));
const plan: readonly (readonly [Fault, number])[] = [
  ...dealt(kills.filter(wanted)),
  ...troubles.filter(wanted).map((fault) => [fault, Math.max(1, Math.round(runs / 50))] as const),
];
if (plan.length === 0) throw new Error(`Faults are ${[...kills, ...troubles].map(({ name }) => name).join(", ")}`);

function dealt(faults: readonly Fault[]): readonly (readonly [Fault, number])[] {
  return faults.map((fault, index) => [fault, Math.max(1, Math.ceil((runs - index) / faults.length))] as const);
}

async function rowsOf(): Promise<readonly Row[]> {
  const ground = await openGround(kind);
  const random = randomFrom(Number(values.seed));
  const rows: Row[] = [];
  try {
    for (const [fault, times] of plan) {
      const trials: Trial[] = [];
      for (let count = 0; count < times; count++) trials.push(await fault.trial(ground, random));
      const row = rowOf(fault, kind, trials);
      rows.push(row);
      process.stderr.write(`${fault.name}: ${times}, ${[...row.broken, ...row.slow].join(", ") || "as promised"}\n`);
    }
  } finally {
    await ground.remove();
  }
  return rows;
}

const rows = await rowsOf();
const cells = cellsOf(rows);
console.table(cells);
const broken = rows.flatMap((row) => [...row.broken, ...row.slow].map((what) => `${row.fault}: ${what}`));
for (const one of broken) console.log(one);
if (values.write) {
  const server = values.redis ? " --redis" : values.postgres ? " --postgres" : "";
  const command = `npm run chaos -- --points all --runs ${runs}${server}`;
  const verdict = broken.length === 0 ? "Every promise was kept." : `Not as promised: ${broken.join("; ")}.`;
  writeFigures("docs/reliability.md", `chaos, ${kind}`, command, `${markdownTable(cells)}\n\n${verdict}`);
}
process.exitCode = broken.length === 0 ? 0 : 1;
