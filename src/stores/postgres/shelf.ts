import type { Kysely } from "kysely";
import type { ProfileHome, ProfileShelf, ProfileVersion } from "../../ports/index.ts";
import { type SqlContext, type Trx, lockName } from "../sql/context.ts";
import type { Tables } from "../sql/tables.ts";

interface Home {
  namespace: string;
  workflow: string;
  name: string;
  version: number;
}

export type ProfileTables = {
  /** The version in use. */
  readonly profiles: Home;
  readonly profile_files: Home & { file: string; content: string };
  readonly profile_notes: Home & { kind: string; content: string };
};

/** Profiles as rows, so that what is taught on one machine is in use on all that reach the database. */
export function postgresShelf(context: SqlContext): ProfileShelf {
  const { namespace } = context;
  const db = context.db.withTables<ProfileTables>();
  return {
    current: async (home) => {
      const row = await db
        .selectFrom("profiles")
        .select("version")
        .where((eb) => eb.and(columns(namespace, home)))
        .executeTakeFirst();
      return row?.version ?? null;
    },
    list: async () =>
      await db
        .selectFrom("profiles")
        .select(["workflow", "name", "version"])
        .where("namespace", "=", namespace)
        .orderBy("workflow")
        .orderBy("name")
        .execute(),
    versions: async () =>
      await db
        .selectFrom("profile_files")
        .select(["workflow", "name", "version"])
        .distinct()
        .where("namespace", "=", namespace)
        .execute(),
    has: async (at) => {
      const row = await db
        .selectFrom("profile_files")
        .select("file")
        .where((eb) => eb.and(columns(namespace, at)))
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    read: async (at, file) => {
      const row = await db
        .selectFrom("profile_files")
        .select("content")
        .where((eb) => eb.and({ ...columns(namespace, at), file }))
        .executeTakeFirst();
      return row?.content ?? null;
    },
    add: async (home, filesOf) =>
      await db.transaction().execute(async (trx) => {
        // Whoever saves at the same time has the next number.
        await lockName(trx as unknown as Trx, context, `profile/${home.workflow}/${home.name}`);
        const version = (await newest(trx, namespace, home)) + 1;
        const at = columns(namespace, { ...home, version });
        for (const [file, content] of Object.entries(filesOf(version))) {
          await trx
            .insertInto("profile_files")
            .values({ ...at, file, content })
            .execute();
        }
        await trx
          .insertInto("profiles")
          .values(at)
          .onConflict((conflict) => conflict.columns(["namespace", "workflow", "name"]).doUpdateSet({ version }))
          .execute();
        return version;
      }),
    replace: async (at, file, content) => {
      await db
        .updateTable("profile_files")
        .set({ content })
        .where((eb) => eb.and({ ...columns(namespace, at), file }))
        .execute();
    },
    notes: async (at, kind) => await notesOf(db, namespace, at, kind),
    amend: async (at, kind, change) => {
      await db.transaction().execute(async (trx) => {
        await lockName(trx as unknown as Trx, context, `profile/${at.workflow}/${at.name}`);
        const content = change(await notesOf(trx, namespace, at, kind));
        await trx
          .insertInto("profile_notes")
          .values({ ...columns(namespace, at), kind, content })
          .onConflict((conflict) =>
            conflict.columns(["namespace", "workflow", "name", "version", "kind"]).doUpdateSet({ content }),
          )
          .execute();
      });
    },
  };
}

type Db = Kysely<ProfileTables & Tables>;

function columns<At extends ProfileHome | ProfileVersion>(namespace: string, at: At): At & { namespace: string } {
  return { namespace, ...at };
}

async function newest(db: Db, namespace: string, home: ProfileHome): Promise<number> {
  const row = await db
    .selectFrom("profile_files")
    .select(({ fn }) => fn.max("version").as("version"))
    .where((eb) => eb.and(columns(namespace, home)))
    .executeTakeFirst();
  return row?.version ?? 0;
}

async function notesOf(db: Db, namespace: string, at: ProfileVersion, kind: string): Promise<string> {
  const row = await db
    .selectFrom("profile_notes")
    .select("content")
    .where((eb) => eb.and({ ...columns(namespace, at), kind }))
    .executeTakeFirst();
  return row?.content ?? "";
}
