import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { modelSettings } from "../../test/setup/models.ts";

const url = (file: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href);

/** A program that asks the model once, says its host's process id and then does `next`. */
function program(next: string): ChildProcess {
  const source = `
    import { createModelHost } from ${url("host.ts")};
    import { resolveDecoder, resolveEncoder } from ${url("library.ts")};
    const settings = ${JSON.stringify(modelSettings)};
    const model = createModelHost({
      files: { decoder: () => resolveDecoder(settings), encoder: () => resolveEncoder(settings) },
    });
    await model.embed(["hello"]);
    console.log(model.hostPid);
    ${next}
  `;
  return spawn(process.execPath, ["--input-type=module", "--eval", source], { stdio: ["ignore", "pipe", "inherit"] });
}

async function hostPidOf(child: ChildProcess): Promise<number> {
  const [text] = await once(child.stdout ?? child, "data");
  return Number(String(text));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("the host ends when the engine is killed", { timeout: 60_000 }, async () => {
  const child = program("setInterval(() => {}, 1_000);");
  const pid = await hostPidOf(child);
  expect(isRunning(pid)).toBe(true);
  child.kill("SIGKILL");
  await vi.waitUntil(() => !isRunning(pid), { timeout: 10_000 });
  expect(isRunning(pid)).toBe(false);
});

test("the host ends when the engine is killed while it computes", { timeout: 60_000 }, async () => {
  const child = program(`
    void model.score({ document: "a line of text\\n".repeat(700), question: "What?", options: ["a"] });
    console.log("asked");
    setInterval(() => {}, 1_000);
  `);
  const pid = await hostPidOf(child);
  child.kill("SIGKILL");
  await vi.waitUntil(() => !isRunning(pid), { timeout: 10_000 });
  expect(isRunning(pid)).toBe(false);
});

test("an idle host does not keep a finished program from ending, and ends with it", { timeout: 60_000 }, async () => {
  const child = program("");
  const pid = await hostPidOf(child);
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  await vi.waitUntil(() => !isRunning(pid), { timeout: 10_000 });
});
