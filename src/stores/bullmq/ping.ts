import { Redis } from "ioredis";

/** The server's version, as it says it. @throws what the connection came to */
export async function pingRedis(url: string): Promise<string> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null });
  let problem: Error | undefined;
  redis.on("error", (error) => {
    problem = error;
  });
  try {
    await redis.connect();
    return /^redis_version:(\S+)/m.exec(await redis.info("server"))?.[1] ?? "";
  } catch (error) {
    // The connection only says that it is closed; the event says why.
    throw problem ?? error;
  } finally {
    redis.disconnect();
  }
}
