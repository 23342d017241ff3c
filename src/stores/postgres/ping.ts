import { Client } from "pg";
import { asStoreError } from "./errors.ts";

/** The server's version, as it says it. @throws WeirError `store.unreachable` */
export async function pingPostgres(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000, query_timeout: 3_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>("show server_version");
    return rows[0]?.server_version ?? "";
  } catch (error) {
    throw asStoreError(error);
  } finally {
    await client.end().catch(() => {});
  }
}
