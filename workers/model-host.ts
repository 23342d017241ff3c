/** Entry point of the process that holds the local models; started by src/models/host.ts. */
import { forbidConnections } from "../src/airgap.ts";
import { runModelHost } from "../src/models/host-process.ts";

// A local model has nobody to ask.
forbidConnections();
runModelHost();
