import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { postgresFolder } from "./binaries.ts";
import { ServerProcess, type TestServer, freePort } from "./process.ts";

const run = promisify(execFile);
/** PostgreSQL refuses to run as root: then it runs as nobody. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;

export interface TestPostgres extends TestServer {
  /** One statement as the server's own administrator. */
  query(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** A PostgreSQL server of this test's own, with one empty database. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = await postgresFolder();
  const folder = await mkdtemp(join(tmpdir(), "weir-postgres-"));
  if (nobody) await chown(folder, nobody.uid, nobody.gid);
  await chmod(folder, 0o700);
  const data = join(folder, "data");
  const cluster = ["-D", data, "-U", "weir", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"];
  // Its working directory must be one that its user may enter.
  await run(join(bin, "initdb"), cluster, { cwd: tmpdir(), ...nobody });
  const port = await freePort();
  const url = `postgres://weir@127.0.0.1:${port}/postgres`;
  const query = async (text: string) => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  };
  const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", port, max_connections: 60 };
  const server = new ServerProcess({
    program: join(bin, "postgres"),
    args: ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    user: nobody,
    answers: async () =>
      await query("select 1").then(
        () => true,
        () => false,
      ),
    stopSignal: "SIGINT",
  });
  await server.start();
  return {
    url,
    port,
    query,
    start: async () => await server.start(),
    stop: async (signal) => await server.stop(signal),
    remove: async () => {
      await server.stop("SIGQUIT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
