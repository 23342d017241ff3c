/** Entry point of the process that reads the user's databases; forked by src/stores/lookup. */
import { serveQueries } from "../src/stores/lookup/serve.ts";

serveQueries();
