import { join } from "node:path";
import Database from "better-sqlite3";
import { Client } from "pg";
import { newRun, takeRun } from "../../src/testing/storage.ts";
import { type Opened, type Servers, openKind, quantiles, round, timed } from "./measure.ts";

const samples = 200;

/** What a long life does to a store: many finished runs, and how long looking at them takes. */
export async function volumeCosts(servers: Servers, runs: number) {
  const rows: Record<string, string | number>[] = [];
  for (const kind of ["SQLite", "PostgreSQL"] as const) {
    const opened = await openKind(kind, servers);
    const { store, queue } = opened.storage;
    await template(opened);
    await multiply(opened, runs - 1);
    await store.runs.create(newRun("z000000"));
    const someId = (index: number) => idOf(Math.floor((index * runs) / samples));
    const started = performance.now();
    await store.runs.freeLeases(() => false);
    const startMs = performance.now() - started;
    rows.push({
      store: kind,
      "finished runs": runs,
      "look for dead workers ms": round(startMs),
      ...quantiles(
        "page of 50",
        await timed(samples, async (index) => await store.runs.list({ cursor: someId(index) })),
      ),
      ...quantiles(
        "page of the failed",
        await timed(samples, async (index) => await store.runs.list({ status: ["failed"], cursor: someId(index) })),
      ),
      ...quantiles("one run", await timed(samples, async (index) => await store.runs.get(someId(index)))),
      ...quantiles("counts", await timed(20, async () => await store.runs.counts())),
      ...quantiles(
        "claim and put back",
        await timed(samples, async () => {
          const ticket = await queue.take({ worker: "bench/1/1", leaseMs: 60_000 });
          if (ticket) await queue.release(ticket, 0);
        }),
      ),
    });
    await opened.close();
  }
  return rows;
}

const idOf = (index: number) => `r${String(index).padStart(6, "0")}`;

/** One run that went all the way, with a draft of a usual size. */
async function template({ storage }: Opened): Promise<void> {
  await storage.store.runs.create(newRun(idOf(0)));
  const decision = {
    value: "327.00",
    confidence: null,
    status: "accepted",
    by: "rule",
    source: [{ page: 1, line: 12, text: "TOTAL 327.00", box: null }],
    alternatives: [],
    evidence: { label: 1, layout: 0.8 },
  } as const;
  const decisions = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`field${index}`, decision]));
  const draft = { decisions, doubts: [], optional: [] };
  await storage.store.runs.commit(await takeRun({ ...storage, close: async () => {} }), { status: "succeeded", draft });
}

/** Copies of it inside the database: writing them one by one would take longer than looking. */
async function multiply({ folder, databaseUrl }: Opened, copies: number): Promise<void> {
  if (databaseUrl === "") {
    const database = new Database(join(folder, "weir.db"));
    const columns = database.prepare("select name from pragma_table_info('runs')").pluck().all() as string[];
    const [names, values] = copied(columns, "printf('r%06d', n)");
    database.exec(
      `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${copies})
       insert into runs (${names}) select ${values} from numbers, runs where id = '${idOf(0)}'`,
    );
    database.exec("analyze");
    database.close();
    return;
  }
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_name = 'runs' and table_schema = 'public' and is_generated = 'NEVER'`,
  );
  const [names, values] = copied(
    rows.map(({ name }) => name),
    "'r' || lpad(n::text, 6, '0')",
  );
  await client.query(
    `insert into runs (${names}) select ${values} from generate_series(1, ${copies}) n, runs where id = '${idOf(0)}'`,
  );
  await client.query("analyze runs");
  await client.end();
}

/** One in a hundred failed. */
function copied(columns: readonly string[], id: string): readonly [names: string, values: string] {
  const status = "case when n % 100 = 0 then 'failed' else 'succeeded' end";
  const value = (name: string) => (name === "id" ? id : name === "status" ? status : name);
  return [columns.join(), columns.map((name) => value(name)).join()];
}
