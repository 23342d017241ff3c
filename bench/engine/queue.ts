import { newRun } from "../../src/testing/storage.ts";
import { type Servers, kinds, openKind, quantiles, round, timed } from "./measure.ts";

/** Documents that wait in line: how fast they get there, and how long a worker takes to get one. */
export async function queueCosts(servers: Servers, documents: number) {
  const rows: Record<string, string | number>[] = [];
  const claims = Math.min(1_000, documents / 2 - 1);
  for (const kind of kinds) {
    const { storage, close } = await openKind(kind, servers);
    const { store, queue } = storage;
    const created = await timed(documents, async (index) => {
      await store.runs.create(newRun(`r${String(index).padStart(6, "0")}`, { reuseKey: `key ${index}` }));
    });
    const take = async () => {
      const ticket = await queue.take({ worker: "bench/1/1", leaseMs: 60_000 });
      if (ticket === null) throw new Error("Nothing to take.");
      return ticket;
    };
    const first = performance.now();
    await take();
    const firstMs = performance.now() - first;
    const taken = await timed(claims, take);
    const finished = await timed(claims, async () => {
      const ticket = await take();
      await store.runs.lease(ticket, "bench/1/1", 60_000);
      await store.runs.commit(ticket, { status: "succeeded" });
      await queue.settle(ticket);
    });
    rows.push({
      queue: kind,
      documents,
      ...quantiles("enqueue", created),
      "first claim ms": round(firstMs),
      ...quantiles("claim", taken),
      ...quantiles("claim, lease, finish", finished),
    });
    await close();
  }
  return rows;
}
