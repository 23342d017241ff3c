import { type Kysely, type Transaction, sql } from "kysely";
import { WeirError } from "../../core/index.ts";
import { migrations as shared } from "../sql/migrations.ts";

/** Steps of one part of the schema. The lists only grow: a step that was released is never edited. */
export interface SchemaPart {
  readonly name: string;
  readonly migrations: readonly (readonly string[])[];
}

/** Everything SQLite has too. Text is ordered by its bytes, as there, whatever the database's language. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\) STRICT(?:, WITHOUT ROWID)?$/, ")"],
  [/\bTEXT\b/g, `TEXT COLLATE "C"`],
  [/\bINTEGER\b/g, "BIGINT"],
  [/\bBLOB\b/g, "BYTEA"],
  [/\bjson_extract\((\w+), '\$\.(\w+)'\)/g, "($1::json ->> '$2')"],
  [/\bVIRTUAL$/, "STORED"],
  [/\bREAL\b/g, "DOUBLE PRECISION"],
];

const inPostgresWords = (statement: string) =>
  words.reduce((text, [theirs, ours]) => text.replace(theirs, ours), statement);

/** What SQLite keeps as files. Rows of a chunk each: no row is ever large. */
const blobs = [
  [
    `CREATE TABLE blobs (
      namespace TEXT COLLATE "C" NOT NULL,
      sha256 BYTEA NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (namespace, sha256)
    )`,
    `CREATE TABLE blob_chunks (
      namespace TEXT COLLATE "C" NOT NULL,
      sha256 BYTEA NOT NULL,
      number BIGINT NOT NULL,
      bytes BYTEA NOT NULL,
      PRIMARY KEY (namespace, sha256, number),
      FOREIGN KEY (namespace, sha256) REFERENCES blobs (namespace, sha256) ON DELETE CASCADE
    )`,
    // Documents hardly ever compress further, and looking costs time.
    `ALTER TABLE blob_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL`,
  ],
];

/** What SQLite's machine keeps as folders. */
const profiles = [
  [
    `CREATE TABLE profiles (
      namespace TEXT COLLATE "C" NOT NULL,
      workflow TEXT COLLATE "C" NOT NULL,
      name TEXT COLLATE "C" NOT NULL,
      version BIGINT NOT NULL,
      PRIMARY KEY (namespace, workflow, name)
    )`,
    `CREATE TABLE profile_files (
      namespace TEXT COLLATE "C" NOT NULL,
      workflow TEXT COLLATE "C" NOT NULL,
      name TEXT COLLATE "C" NOT NULL,
      version BIGINT NOT NULL,
      file TEXT COLLATE "C" NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (namespace, workflow, name, version, file)
    )`,
    `CREATE TABLE profile_notes (
      namespace TEXT COLLATE "C" NOT NULL,
      workflow TEXT COLLATE "C" NOT NULL,
      name TEXT COLLATE "C" NOT NULL,
      version BIGINT NOT NULL,
      kind TEXT COLLATE "C" NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (namespace, workflow, name, version, kind)
    )`,
  ],
];

export const schemaParts: readonly SchemaPart[] = [
  { name: "runs", migrations: shared.map((step) => step.map((statement) => inPostgresWords(statement))) },
  { name: "blobs", migrations: blobs },
  { name: "profiles", migrations: profiles },
];

/** "weir" in ASCII: whoever upgrades this database waits for everybody else who does. */
const upgradeLock = 0x77_65_69_72;

/** Takes the steps that are missing, all or none. @throws WeirError `store.newer` */
export async function upgrade<T>(db: Kysely<T>, parts: readonly SchemaPart[] = schemaParts): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${upgradeLock})`.execute(trx);
    await sql`create table if not exists weir_schema (part text primary key, version integer not null)`.execute(trx);
    for (const part of parts) await upgradePart(trx, part);
  });
}

async function upgradePart<T>(trx: Transaction<T>, { name, migrations }: SchemaPart): Promise<void> {
  const { rows } = await sql<{ version: number }>`select version from weir_schema where part = ${name}`.execute(trx);
  const version = rows[0]?.version ?? 0;
  const target = migrations.length;
  if (version > target) {
    throw new WeirError("store.newer", `The database has schema ${version} of its ${name}, this Weir knows ${target}.`);
  }
  for (const statement of migrations.slice(version).flat()) await sql.raw(statement).execute(trx);
  await sql`
    insert into weir_schema (part, version) values (${name}, ${target})
    on conflict (part) do update set version = excluded.version`.execute(trx);
}
