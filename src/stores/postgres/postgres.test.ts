import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { type TestPostgres, startPostgres } from "../../../test/support/servers/index.ts";
import type { Clock } from "../../ports/index.ts";
import { profilesOn } from "../../profiles/index.ts";
import { blobsSuite } from "../../testing/blobs.ts";
import { ledgerSuite } from "../../testing/ledger.ts";
import { manualClock } from "../../testing/manual-clock.ts";
import { profilesSuite } from "../../testing/profiles.ts";
import { queueSuite } from "../../testing/queue.ts";
import { storeSuite } from "../../testing/store.ts";
import type { StorageOptions, StorageUnderTest } from "../../testing/storage.ts";
import { openPostgres } from "./open.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => await server.remove());

/** Every test in a namespace of its own: as if the database were empty. */
const open = async (clock: Clock, options: StorageOptions = {}) =>
  await openPostgres({ url: server.url, clock, namespace: randomUUID(), ...options });

async function storage(clock: Clock, options: StorageOptions = {}): Promise<StorageUnderTest> {
  const opened = await open(clock, options);
  return { ...opened, close: async () => await opened.store.close() };
}

storeSuite("PostgreSQL", storage);
queueSuite("PostgreSQL", storage);

ledgerSuite("PostgreSQL", async (clock) => {
  const namespace = randomUUID();
  const [one, two] = await Promise.all([1, 2].map(() => openPostgres({ url: server.url, clock, namespace })));
  if (!one || !two) throw new Error("Two connections.");
  return {
    one: one.ledger,
    two: two.ledger,
    close: async () => void (await Promise.all([one.store.close(), two.store.close()])),
  };
});

profilesSuite("PostgreSQL", async () => {
  const { shelf, context, store } = await open(manualClock());
  const { namespace } = context;
  // As another machine has them.
  const other = await openPostgres({ url: server.url, clock: manualClock(), namespace });
  return {
    profiles: profilesOn(shelf),
    reopen: () => profilesOn(other.shelf),
    damage: async (workflow, ref) => {
      const [name, version] = ref.split("@");
      await server.query(
        `update profile_files set content = content || ' ' where namespace = '${namespace}'
         and workflow = '${workflow}' and name = '${name}' and version = ${version} and file = 'steps/extract.json'`,
      );
    },
    close: async () => void (await Promise.all([store.close(), other.store.close()])),
  };
});

blobsSuite("PostgreSQL", async () => {
  const clock = manualClock();
  const { blobs, context, store } = await open(clock);
  const { namespace } = context;
  const where = (sha256: string) => `namespace = '${namespace}' and sha256 = '\\x${sha256}'`;
  return {
    blobs,
    now: clock.now,
    age: async (sha256) =>
      void (await server.query(`update blobs set created_at = created_at - 86400000 where ${where(sha256)}`)),
    damage: async (sha256, bytes) => {
      const change = bytes
        ? `update blob_chunks set bytes = '\\x${Buffer.from(bytes).toString("hex")}'`
        : "delete from blobs";
      await server.query(`${change} where ${where(sha256)}`);
    },
    count: async () => {
      const [row] = await server.query(`select count(*) from blob_chunks where namespace = '${namespace}'`);
      return Number(row?.["count"]);
    },
    close: async () => await store.close(),
  };
});
