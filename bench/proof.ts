// npm run proof [-- --megabytes 1000] [--random-1.7b] [--minutes 10]: the whole service (`weir start`: API, inbox and worker, with reader and models in
// processes of their own) with the default models within 1 GB of memory, on two CPUs and without a network, all
// three enforced: a memory cgroup for the whole tree (swap included where the kernel counts it), `taskset`, and `unshare -n`.
// The invoices that come along are dropped into the inbox; what is measured is read from the cgroup. Needs root on
// Linux with a writable memory cgroup (version 1 or 2); says so where it does not find one. With --random-1.7b the
// decoder is a model of random weights in the shape of Qwen3-1.7B, and the limit 4 GB.
import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { randomModel, shape17 } from "../test/support/random-model.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string" },
    "random-1.7b": { type: "boolean", default: false },
    minutes: { type: "string", default: "10" },
  },
});
const large = values["random-1.7b"];
const bytesMax = Number(values.megabytes ?? (large ? 4000 : 1000)) * 1_000_000;
const root = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "weir-proof-"));
const inbox = join(work, "inbox", "invoice");
mkdirSync(inbox, { recursive: true });
const group = memoryGroup(bytesMax);
try {
  const model = join(work, "random.gguf");
  if (large) await randomModel(model, "qwen3", shape17);
  const documents = join(root, "fixtures", "invoices", "documents");
  const names = readdirSync(documents);
  for (const name of names) copyFileSync(join(documents, name), join(inbox, name));
  // The shell joins the group before it becomes the service: everything started after it is counted too.
  const start = `echo $$ > ${group.join("cgroup.procs")} && exec taskset -c 0,1 unshare -n -- ${process.execPath} bin/weir.mjs start --inbox ${join(work, "inbox")} --data ${join(work, "data")} --port 0`;
  const service = spawn("sh", ["-c", start], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...(large ? { WEIR_MODEL: model } : {}), WEIR_AIRGAP: "1" },
  });
  let said = "";
  service.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => service.once("exit", (code) => resolve(code)));
  const until = Date.now() + Number(values.minutes) * 60_000;
  let results = 0;
  // With the large one it is enough that the decoder has read a document and answered: the others are like it.
  const done = () => (large ? kept(join(work, "data")) > 0 && results > 0 : results === names.length);
  while (!done() && Date.now() < until && service.exitCode === null) {
    await delay(2_000);
    results = read(join(work, "data"));
  }
  const woken = kept(join(work, "data"));
  const peak = group.read(group.peak);
  const killed = group.kills();
  service.kill("SIGTERM");
  const code = await ended;
  console.log(
    [
      `limits  ${bytesMax / 1e6} MB of memory for all processes together (cgroup v${group.version}), CPUs 0 and 1 (taskset), no network (unshare -n)`,
      `model   ${large ? "random weights in the shape of Qwen3-1.7B, Q8_0" : "the default ones"}`,
      `result  ${results} of ${names.length} documents through, service ended with ${code}, killed for memory ${killed} times`,
      `decoder woken: ${woken} states of documents kept`,
      `peak    ${(peak / 1e6).toFixed(0)} MB, files in the page cache of the group included`,
    ].join("\n"),
  );
  if (!done() || woken === 0 || killed > 0) {
    console.log(said.slice(-2_000));
    process.exitCode = 1;
  }
} finally {
  group.remove();
  rmSync(work, { recursive: true, force: true });
}

/** Documents that were read through: delivered, or waiting for a person. */
function read(data: string): number {
  const { stdout } = spawnSync(process.execPath, ["bin/weir.mjs", "ls", "--json", "--data", data], { cwd: root });
  const lines = String(stdout).split("\n").filter(Boolean);
  return lines.filter((line) => ["review", "succeeded"].includes((JSON.parse(line) as { status: string }).status))
    .length;
}

/** States that the decoder left: without any it was not asked. */
function kept(data: string): number {
  const states = join(data, "states");
  return existsSync(states) ? readdirSync(states).filter((name) => name.endsWith(".state")).length : 0;
}

interface Group {
  readonly version: 1 | 2;
  readonly peak: string;
  join(file: string): string;
  read(file: string): number;
  kills(): number;
  remove(): void;
}

/** A memory cgroup below this process's own. */
function memoryGroup(most: number): Group {
  const line = readFileSync("/proc/self/cgroup", "utf8").split("\n");
  const own = (pattern: RegExp) => line.find((one) => pattern.test(one))?.split(":")[2] ?? "/";
  const version = existsSync("/sys/fs/cgroup/cgroup.controllers") ? 2 : 1;
  const base = version === 2 ? `/sys/fs/cgroup${own(/^0::/)}` : `/sys/fs/cgroup/memory${own(/:memory:/)}`;
  const folder = join(base, `weir-proof-${process.pid}`);
  const inGroup = (file: string) => join(folder, file);
  const text = (file: string) => readFileSync(inGroup(file), "utf8");
  try {
    mkdirSync(folder);
    writeFileSync(inGroup(version === 2 ? "memory.max" : "memory.limit_in_bytes"), String(most));
  } catch (cause) {
    throw new Error("There is no memory cgroup that can be written here: run as root on Linux.", { cause });
  }
  return {
    version,
    peak: version === 2 ? "memory.peak" : "memory.max_usage_in_bytes",
    join: inGroup,
    read: (file) => Number(text(file)),
    kills: () => Number(/oom_kill (\d+)/.exec(text(version === 2 ? "memory.events" : "memory.oom_control"))?.[1] ?? 0),
    remove: () => rmdirSync(folder),
  };
}
