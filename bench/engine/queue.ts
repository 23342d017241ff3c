import { randomUUID } from "node:crypto";
import { newRun } from "../../src/testing/storage.ts";
import { openBullMq } from "./bullmq.ts";
import { type Servers, kinds, openKind, quantiles, round, timed } from "./measure.ts";

type Row = Record<string, string | number>;

/** What a queue is asked to do. */
interface Line {
  readonly name: string;
  add(index: number): Promise<unknown>;
  /** @returns ends the work on what was taken */
  take(): Promise<() => Promise<unknown>>;
  close(): Promise<void>;
}

/** How many clients ask at the same time where documents a second are counted. */
const together = 16;

/** Documents that wait in line: how fast they get there, how long a worker takes to get one, and how many go through. */
export async function queueCosts(servers: Servers, documents: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const open of [
    ...kinds.map((kind) => async () => await ours(kind, servers)),
    async () => await bullMq(servers),
  ]) {
    const line = await open();
    rows.push(await costsOf(line, documents));
    await line.close();
  }
  return rows;
}

async function costsOf({ name, add, take }: Line, documents: number): Promise<Row> {
  const some = Math.floor(Math.min(1_000, documents / 4 - 1));
  const created = await timed(documents, add);
  const first = performance.now();
  await take();
  const firstMs = performance.now() - first;
  const taken = await timed(some, take);
  const finished = await timed(some, async () => await (await take())());
  const added = await aSecond(some, async (index) => await add(documents + index));
  const through = await aSecond(some, async () => await (await take())());
  return {
    queue: name,
    documents,
    ...quantiles("enqueue", created),
    "first claim ms": round(firstMs),
    ...quantiles("claim", taken),
    ...quantiles("claim, lease, finish", finished),
    [`enqueued a second, ${together} at a time`]: added,
    [`finished a second, ${together} at a time`]: through,
  };
}

async function aSecond(times: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let next = 0;
  const client = async () => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: together }, client));
  return Math.round((1_000 * times) / (performance.now() - start));
}

const runOf = (index: number) => newRun(`r${String(index).padStart(6, "0")}`, { reuseKey: `key ${index}` });

async function ours(kind: (typeof kinds)[number], servers: Servers): Promise<Line> {
  const { storage, close } = await openKind(kind, servers);
  const { store, queue } = storage;
  return {
    name: `Weir on ${kind}`,
    add: async (index) => await store.runs.create(runOf(index)),
    take: async () => {
      const ticket = await queue.take({ worker: "bench/1/1", leaseMs: 600_000 });
      if (ticket === null) throw new Error("Nothing to take.");
      return async () => {
        await store.runs.lease(ticket, "bench/1/1", 600_000);
        await store.runs.commit(ticket, { status: "succeeded" });
        await queue.settle(ticket);
      };
    },
    close,
  };
}

/** What it is told of a document is what a run has on record; the record itself is nobody's. */
async function bullMq({ redis }: Servers): Promise<Line> {
  const { add, take, close } = await openBullMq(redis.url);
  return {
    name: "BullMQ, appendfsync always",
    add: async (index) => await add(runOf(index)),
    take: async () => await take(randomUUID()),
    close,
  };
}
