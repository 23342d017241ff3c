export { type TestPostgres, startPostgres } from "./postgres.ts";
export type { TestServer } from "./process.ts";
export { startRedis } from "./redis.ts";
