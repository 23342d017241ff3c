/** Entry point of the process that reads the user's databases; forked by src/stores/lookup. */
import { forbidConnections } from "../src/airgap.ts";
import { serveQueries } from "../src/stores/lookup/serve.ts";

// Its databases are files.
forbidConnections();
serveQueries();
