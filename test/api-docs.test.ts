import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { doubted } from "./support/drafts.ts";
import { startServer } from "./support/http.ts";
import type { MemoryService } from "./support/service.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");

interface Block {
  readonly language: string;
  readonly code: string;
}

/** The code blocks of a page, in order. */
async function blocksOf(page: string): Promise<readonly Block[]> {
  const text = await readFile(join(root, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gmu)].map(([, language = "", code = ""]) => ({ language, code }));
}

/** Whether a value is what the page shows of it: only what is shown counts, and "…" stands for whatever comes there. */
function isShown(shown: unknown, value: unknown): boolean {
  if (typeof shown === "string" && shown.endsWith("…")) return String(value).startsWith(shown.slice(0, -1));
  if (shown === null || typeof shown !== "object") return shown === value;
  if (value === null || typeof value !== "object") return false;
  if (Array.isArray(shown) && (!Array.isArray(value) || value.length !== shown.length)) return false;
  return Object.entries(shown).every(([key, item]) => isShown(item, value[key as keyof typeof value]));
}

/** Lets every run come to a review at once, and to its end when that is done. */
function workAtOnce(service: MemoryService): void {
  const submit = service.submit.bind(service);
  service.submit = async (item) => {
    const submitted = await submit(item);
    if (submitted.created) {
      service.move(submitted.run.id, "running");
      service.openReview(submitted.run.id, doubted);
    }
    return submitted;
  };
  const decide = service.decide.bind(service);
  service.decide = async (...input) => {
    const view = await decide(...input);
    service.move(view.run.id, "running");
    service.move(view.run.id, "succeeded");
    return view;
  };
}

test("every example of docs/api.md runs as written and prints what the page says", async () => {
  const { url, service, errors } = await startServer();
  workAtOnce(service);
  const folder = await mkdtemp(join(tmpdir(), "weir-docs-"));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const blocks = await blocksOf("docs/api.md");
  const shell = blocks.filter(({ language }) => language === "sh");
  expect(shell.length).toBeGreaterThan(10);

  // One shell for all of them, since later ones use what earlier ones set; their outputs are told apart by a mark.
  const mark = "-- end of example --";
  const script = ["set -euo pipefail", ...shell.flatMap(({ code }) => [code, `echo; echo '${mark}'`])].join("\n");
  const env = { ...process.env, WEIR: url.href.replace(/\/$/u, "") };
  const { stdout } = await run("bash", ["-c", script], { cwd: folder, env, timeout: 20_000 });
  const outputs = stdout.split(`${mark}\n`).slice(0, -1);
  expect(outputs).toHaveLength(shell.length);

  const promised = blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    return block.language === "json" && before?.language === "sh" ? [{ code: block.code, shell: before }] : [];
  });
  expect(promised.length).toBeGreaterThan(4);
  for (const { code, shell: example } of promised) {
    const output = outputs[shell.indexOf(example)] ?? "";
    expect(
      isShown(JSON.parse(code), JSON.parse(output)),
      `${example.code}
printed ${output}`,
    ).toBe(true);
  }
  expect(outputs.filter((output) => output.includes("about:blank"))).toHaveLength(1);
  expect(outputs.find((output) => output.includes("retry:"))).toMatch(
    /id: 1\n[^]*event: end[^]*id: 3\n[^]*event: end/u,
  );
  expect(errors).toEqual([]);
});

test("the TypeScript example of docs/api.md runs as written", async () => {
  const { url, service } = await startServer();
  workAtOnce(service);
  const example = (await blocksOf("docs/api.md")).find(({ language }) => language === "ts");
  const { stdout } = await run(process.execPath, ["--input-type=module-typescript", "-e", example?.code ?? ""], {
    cwd: root,
    env: { ...process.env, WEIR: url.href },
    timeout: 20_000,
  });
  expect(stdout.trim().split("\n")).toEqual([
    "run.queued",
    "run.running",
    "run.review",
    "review.finished",
    "run.queued",
    "run.running",
    "run.succeeded",
  ]);
});
