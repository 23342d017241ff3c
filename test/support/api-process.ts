import { openHouse } from "./api.ts";

/** A server in a process of its own, for tests that kill it. Nobody works on its runs. Prints its URL. */
const { url } = await openHouse(process.argv[2]);
process.stdout.write(`${url.href}\n`);
