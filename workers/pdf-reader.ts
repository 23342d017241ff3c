// Reads PDF files for the process that forked this one. PDF parsers hang and crash on some files: here that
// costs one document, since the parent kills this process and starts another.
import { servePdf } from "../src/document/pdf/serve.ts";

servePdf();
