import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

/** In a process of its own: what is tested is Node's loading, which the test runner replaces. */

const good = `
  import { read, workflow } from "weir";
  import { z } from "zod";
  import { limit } from "./limits.ts";
  export const checked: string = z.string().parse("x");
  export default workflow("mine", { version: 3 }).step(read({ pagesMax: limit }));
`;
const files = {
  "good.ts": good,
  "limits.ts": "export const limit: number = 7;",
  "plain.js": 'import { read, workflow } from "weir";\nexport default workflow("plain", { version: 1 }).step(read());',
  "syntax.ts": 'import { read } from "weir";\nconst wrong: = 1;\n',
  "package.ts": 'import { read } from "weir";\nimport left from "left-pad-of-nobody";\nexport default left;\n',
  "ending.ts": 'import { limit } from "./limits";\nexport default limit;\n',
  "gone.ts": 'import { limit } from "./gone-for-good.ts";\nexport default limit;\n',
  "export.ts": 'import { extrct } from "weir";\nexport default extrct;\n',
  "throws.ts": 'function check(): never {\n  throw new Error("no such setting");\n}\ncheck();\nexport default 1;\n',
  "throws-text.ts": 'throw "text";',
  "enum.ts": "enum Kind { goods }\nexport default Kind;\n",
  "nothing.ts": "export const a = 1;\n",
  "other.ts": "export default { a: 1 };\n",
  "twice.ts":
    'import { read, workflow } from "weir";\nexport default workflow("a", { version: 1 }).step(read()).step(read());',
};

let folder = "";
let answers: Record<string, { code?: string; message?: string; hint?: string; name?: string; version?: number }> = {};
let stderr = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-workflows-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const loader = pathToFileURL(join(import.meta.dirname, "load-workflow.ts")).href;
  const script = `
    const { loadWorkflow } = await import(${JSON.stringify(loader)});
    const answers = {};
    for (const name of ${JSON.stringify([...Object.keys(files), "nowhere", "absent.ts"])}) {
      answers[name] = await loadWorkflow(name, ${JSON.stringify(folder)}).then(
        ({ definition, file }) => ({ name: definition.name, version: definition.version, file }),
        ({ code, message, hint }) => ({ code, message, hint }),
      );
    }
    console.log(JSON.stringify(answers));
  `;
  const done = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });
  answers = JSON.parse(done.stdout);
  stderr = done.stderr;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a file anywhere on the disk imports weir and zod without a package.json or an install, and without a warning", () => {
  expect(answers["good.ts"]).toEqual({ name: "mine", version: 3, file: join(folder, "good.ts") });
  expect(answers["plain.js"]).toMatchObject({ name: "plain" });
  expect(stderr).toBe("");
});

test.each([
  ["syntax.ts", "syntax.ts:2:", "Mend the file"],
  ["package.ts", "package.ts:2:18: Cannot find package 'left-pad-of-nobody'", "npm install left-pad-of-nobody"],
  ["ending.ts", "ending.ts:1:23: Cannot find module", "limits.ts"],
  ["gone.ts", "gone.ts:1:23: Cannot find module", "Mend the path"],
  ["export.ts", "export.ts:1:10: ", "docs/workflows.md"],
  ["throws.ts", "throws.ts:2:9: no such setting", "Mend the file"],
  ["throws-text.ts", "throws-text.ts: it threw text", "Mend the file"],
  ["enum.ts", "enum.ts:1:1: TypeScript enum is not supported", "plain object"],
  ["nothing.ts", "nothing.ts has no default export", "export default workflow"],
  ["other.ts", "other.ts exports something else", "export default workflow"],
])("%s is refused with its place, the reason and the mend", (name, message, hint) => {
  expect(answers[name]).toMatchObject({
    code: "workflow.load",
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});

test("a mistake in the workflow itself is named with its file", () => {
  expect(answers["twice.ts"]).toMatchObject({
    code: "workflow.invalid",
    message: expect.stringMatching(/twice\.ts: .*two steps are named "read"/),
  });
});

test("what is neither built in nor a file is unknown", () => {
  expect(answers["nowhere"]).toMatchObject({ code: "workflow.unknown" });
  expect(answers["absent.ts"]).toMatchObject({ code: "workflow.unknown" });
});
