import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisServer } from "./binaries.ts";
import { ServerProcess, type TestServer, answersAt, freePort } from "./process.ts";

/** A Redis of this test's own, as docker-compose.yml runs it: every write on the disk before it is answered. */
export async function startRedis(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "weir-redis-"));
  const port = await freePort();
  const append = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  const server = new ServerProcess({
    program: await redisServer(),
    args: ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, ...append],
    user: null,
    answers: async () => await answersAt(port, { say: "PING\r\n", hear: "+PONG" }),
    stopSignal: "SIGTERM",
  });
  await server.start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start: async () => await server.start(),
    stop: async (signal) => await server.stop(signal),
    remove: async () => {
      await server.stop("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
