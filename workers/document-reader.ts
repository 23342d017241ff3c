// Reads PDF, Word, CSV and EPUB files for the process that forked this one. Parsers hang and crash on some
// files: here that costs one document, since the parent kills this process and starts another.
import { forbidConnections } from "../src/airgap.ts";
import { serveDocuments } from "../src/document/serve.ts";

// A file has nothing to fetch.
forbidConnections();
serveDocuments();
