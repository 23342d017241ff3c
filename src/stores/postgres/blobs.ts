import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { WeirError } from "../../core/index.ts";
import type { BlobStore, Clock, StoredBlob } from "../../ports/index.ts";
import type { Tables } from "../sql/tables.ts";

export type BlobTables = {
  readonly blobs: { namespace: string; sha256: Uint8Array; created_at: number };
  readonly blob_chunks: { namespace: string; sha256: Uint8Array; number: number; bytes: Uint8Array };
};

/** One row; the driver holds a few copies of it while it travels. */
const chunkBytes = 1_048_576;

interface Options {
  readonly db: Kysely<BlobTables & Tables>;
  readonly clock: Clock;
  readonly namespace: string;
}

/** Blobs as rows of at most a megabyte, so that every machine that reaches the database has them. */
export function postgresBlobs(options: Options): BlobStore {
  const { db, namespace } = options;
  return {
    put: async (bytes) => {
      const name = createHash("sha256").update(bytes).digest();
      // Whoever tidies up leaves alone what was put lately.
      const known = await touch(options, name);
      // What stands there but no longer matches its name is written again.
      if (!known || !(await matches(db, namespace, name))) await write(options, name, bytes);
      return name.toString("hex");
    },
    get: async (sha256) => {
      if (!isDigest(sha256)) throw lost(sha256);
      const bytes = await read(options, Buffer.from(sha256, "hex"));
      if (bytes === null || createHash("sha256").update(bytes).digest("hex") !== sha256) throw lost(sha256);
      return bytes;
    },
    has: async (sha256) => {
      if (!isDigest(sha256)) return false;
      const row = await db
        .selectFrom("blobs")
        .select("created_at")
        .where("namespace", "=", namespace)
        .where("sha256", "=", Buffer.from(sha256, "hex"))
        .executeTakeFirst();
      return row !== undefined;
    },
    list: () => listed(options),
    remove: async (sha256, untouchedSince) => {
      const key = { namespace, sha256: Buffer.from(sha256, "hex") };
      // The database looks again at what somebody touches meanwhile. The chunks go with it.
      await db
        .deleteFrom("blobs")
        .where((eb) => eb.and(key))
        .$if(untouchedSince !== undefined, (query) => query.where("created_at", "<", untouchedSince ?? 0))
        .execute();
      const row = await db
        .selectFrom("blobs")
        .select("created_at")
        .where((eb) => eb.and(key))
        .executeTakeFirst();
      return row === undefined;
    },
  };
}

/** Says that it is wanted now. @returns whether it is there */
async function touch({ db, clock, namespace }: Options, name: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("blobs")
    .set({ created_at: clock.now() })
    .where("namespace", "=", namespace)
    .where("sha256", "=", name)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const listedAtOnce = 500;

async function* listed({ db, namespace }: Options): AsyncGenerator<StoredBlob> {
  for (let after: Uint8Array = Buffer.alloc(0); ;) {
    const rows = await db
      .selectFrom("blobs")
      .select((eb) => [
        "sha256",
        "created_at",
        eb
          .selectFrom("blob_chunks")
          .select(sql<number>`coalesce(sum(length(bytes)), 0)`.as("bytes"))
          .whereRef("blob_chunks.namespace", "=", "blobs.namespace")
          .whereRef("blob_chunks.sha256", "=", "blobs.sha256")
          .as("bytes"),
      ])
      .where("namespace", "=", namespace)
      .where("sha256", ">", after)
      .orderBy("sha256")
      .limit(listedAtOnce)
      .execute();
    for (const { sha256, bytes, created_at: putAt } of rows) {
      yield { sha256: Buffer.from(sha256).toString("hex"), bytes: Number(bytes), putAt };
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.sha256;
  }
}

function isDigest(sha256: string): boolean {
  return /^[0-9a-f]{64}$/.test(sha256);
}

function lost(sha256: string): WeirError {
  return new WeirError("document.lost", `The bytes ${sha256.slice(0, 12)}… are gone or were changed.`);
}

/** The database adds up what it holds: the bytes need not travel to be compared. */
async function matches(db: Kysely<BlobTables & Tables>, namespace: string, name: Buffer): Promise<boolean> {
  const { rows } = await sql<{ same: boolean }>`
    select sha256(coalesce(string_agg(chunk.bytes, ''::bytea order by chunk.number), ''::bytea)) = blob.sha256 as same
    from blobs blob left join blob_chunks chunk on chunk.namespace = blob.namespace and chunk.sha256 = blob.sha256
    where blob.namespace = ${namespace} and blob.sha256 = ${name}
    group by blob.namespace, blob.sha256`.execute(db);
  return rows[0]?.same === true;
}

async function write({ db, clock, namespace }: Options, name: Buffer, bytes: Uint8Array): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const key = { namespace, sha256: name };
    // Locks the name: of several that put the same bytes, one writes them.
    await trx
      .insertInto("blobs")
      .values({ ...key, created_at: clock.now() })
      .onConflict((conflict) => conflict.columns(["namespace", "sha256"]).doUpdateSet({ created_at: clock.now() }))
      .execute();
    if (bytes.byteLength > 0 && (await matches(trx, namespace, name))) return;
    await trx.deleteFrom("blob_chunks").where("namespace", "=", namespace).where("sha256", "=", name).execute();
    for (let at = 0, number = 0; at < bytes.byteLength; at += chunkBytes, number++) {
      const chunk = bytes.subarray(at, at + chunkBytes);
      await trx
        .insertInto("blob_chunks")
        .values({ ...key, number, bytes: chunk })
        .execute();
    }
  });
}

/** Null: there is no such blob. */
async function read({ db, namespace }: Options, name: Buffer): Promise<Uint8Array | null> {
  const rows = await db
    .selectFrom("blobs")
    .leftJoin("blob_chunks", (join) =>
      join.onRef("blob_chunks.namespace", "=", "blobs.namespace").onRef("blob_chunks.sha256", "=", "blobs.sha256"),
    )
    .select("bytes")
    .where("blobs.namespace", "=", namespace)
    .where("blobs.sha256", "=", name)
    .orderBy("number")
    .execute();
  if (rows.length === 0) return null;
  return Buffer.concat(rows.map(({ bytes }) => bytes ?? new Uint8Array()));
}
