/** Entry point of the process that holds the local models; started by src/models/host.ts. */
import { runModelHost } from "../src/models/host-process.ts";

runModelHost();
