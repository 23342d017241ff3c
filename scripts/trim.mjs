// Runs after an install in a clone and removes from node_modules what is never read at run time:
// C headers, sources of prebuilt binaries, other platforms' binaries, browser builds, source maps.
// Plain JavaScript for the Node that npm happens to run on. Nothing here is needed for a result:
// what is not there is skipped, and `npm ci` brings all of it back.
import { existsSync, readdirSync, rmSync, statSync } from "fs";
import { dirname, join } from "path";
import { fileURLToPath } from "url";

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules");

/** Folders and files, `*` for one path part. The reason stands beside each. */
const unread = [
  "node/node_modules/*/include", // C headers for building addons; none is built.
  "node-llama-cpp/llama/gitRelease.bundle", // llama.cpp's sources; the prebuilt binary is used.
  "better-sqlite3/deps", // SQLite's sources; likewise.
  "js-tiktoken/dist/index.*", // LangChain imports js-tiktoken/lite only.
  "js-tiktoken/dist/ranks",
  "zod/src", // Its TypeScript; the compiled form is read.
  "pdfjs-dist/build", // Node reads legacy/build.
  "pdfjs-dist/web",
  "pdfjs-dist/legacy/web",
  "pdfjs-dist/image_decoders",
  "pdfjs-dist/legacy/image_decoders",
  "pdf-parse/dist/pdf-parse/web", // The browser build.
  "luxon/build/amd", // Node reads build/node.
  "luxon/build/cjs-browser",
  "luxon/build/es6",
  "luxon/build/global",
  "fhir/dist", // The browser build.
  "fhir/node_modules/lodash/_*", // lodash.js holds all of it.
  "fhir/node_modules/lodash/fp",
  "@opentelemetry/*/build/esm", // Node reads build/src.
  "@opentelemetry/*/build/esnext",
  "@opentelemetry/semantic-conventions/dist/*incubating*",
];

function matches(pattern, folder = modules) {
  const [part, ...rest] = pattern.split("/");
  if (!part.includes("*")) return rest.length ? matches(rest.join("/"), join(folder, part)) : [join(folder, part)];
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  const form = new RegExp(`^${part.split(".").join("\\.").split("*").join(".*")}$`);
  const names = readdirSync(folder).filter((name) => form.test(name));
  return names.flatMap((name) => (rest.length ? matches(rest.join("/"), join(folder, name)) : [join(folder, name)]));
}

/** SQLite comes for eight platforms in one package; both kinds of Linux are kept, they are told apart at load. */
function otherPlatforms() {
  const folder = join(modules, "better-sqlite3", "prebuilds");
  if (!existsSync(folder)) return [];
  const ours = [`${process.platform}-${process.arch}.node`, `${process.platform}musl-${process.arch}.node`];
  const names = readdirSync(folder);
  return names.includes(ours[0]) ? names.filter((name) => !ours.includes(name)).map((name) => join(folder, name)) : [];
}

/** LangChain's collections: only what reads CSV is imported (src/document/flow/csv.ts). */
function otherLoaders() {
  return [
    ...allBut("@langchain/community/dist", ["_virtual", "document_loaders"]),
    ...allBut("@langchain/classic/dist", ["_virtual", "document_loaders"]),
  ];
}

function allBut(folder, kept) {
  const path = join(modules, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => !kept.includes(name))
    .map((name) => join(path, name));
}

/** For debuggers of the packages themselves. */
function sourceMaps() {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { recursive: true })
    .filter((name) => name.endsWith(".map"))
    .map((name) => join(modules, name));
}

const removable = [
  ...unread.flatMap((pattern) => matches(pattern)),
  ...otherPlatforms(),
  ...otherLoaders(),
  ...sourceMaps(),
];
for (const installed of removable.filter((path) => existsSync(path))) {
  try {
    rmSync(installed, { recursive: true, force: true });
  } catch (error) {
    // The install is right all the same, only larger.
    process.stderr.write(`Not removed: ${installed} (${error.code})\n`);
  }
}
