// Reads PDF, Word, CSV and EPUB files for the process that forked this one. Parsers hang and crash on some
// files: here that costs one document, since the parent kills this process and starts another.
import { serveDocuments } from "../src/document/serve.ts";

serveDocuments();
