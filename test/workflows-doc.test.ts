import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);
let folder = "";
let names: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-docs-"));
  const written = ["docs/workflows.md", "docs/agents.md", "docs/your-own-workflow.md", "README.md"];
  const pages = await Promise.all(written.map((page) => readFile(join(root, page), "utf8")));
  const blocks = pages.flatMap((page) => [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map((found) => found[1] ?? ""));
  names = blocks.map((_, at) => `example-${at}.ts`);
  for (const [at, block] of blocks.entries()) await writeFile(join(folder, `example-${at}.ts`), block);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("every example compiles as written", async () => {
  const options = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      // As the command line takes them: modules, whatever a package.json near them says.
      module: "esnext",
      moduleResolution: "bundler",
      typeRoots: [join(root, "node_modules", "@types")],
      paths: { weir: [join(root, "src/index.ts")], zod: [join(root, "node_modules/zod")] },
    },
    include: ["*.ts"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(options));
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const told = await run(tsc, ["--noEmit", "-p", folder]).catch((error: { stdout: string }) => error);
  // Only the examples: the sources have a check of their own.
  expect(told.stdout.split("\n").filter((line) => line.includes("example-"))).toEqual([]);
});

test("every example loads as the command line loads it", async () => {
  const loader = pathToFileURL(join(root, "src", "load-workflow.ts")).href;
  const script = `
    const { loadWorkflow } = await import(${JSON.stringify(loader)});
    for (const name of ${JSON.stringify(names)}) {
      const { definition } = await loadWorkflow(name, ${JSON.stringify(folder)});
      console.log(definition.name);
    }
  `;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });
  expect(stdout.trim().split("\n")).toHaveLength(names.length);
  expect(names.length).toBeGreaterThanOrEqual(5);
});
