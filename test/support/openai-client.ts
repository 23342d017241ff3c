import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** Of the official client, what these tests call. */
export interface OpenAiClient {
  readonly models: { list(): Promise<{ readonly data: readonly { readonly id: string }[] }> };
  readonly chat: { readonly completions: { create(request: object): Promise<Completion> } };
}

interface Completion {
  readonly object: string;
  readonly choices: readonly {
    readonly finish_reason: string;
    readonly message: { readonly role: string; readonly content: string | null };
  }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
}

type ClientClass = new (options: {
  readonly apiKey: string;
  readonly baseURL: string;
  readonly maxRetries: number;
}) => OpenAiClient;

const version = "7.59.0";
const fetchMs = 100_000;
const fetched = join(tmpdir(), `weir-test-openai-${userInfo().uid}`);

/** The official client, fetched once with npm: it is larger than most of what Weir installs. */
export async function openAiClient(): Promise<ClientClass> {
  const folder = join(fetched, version);
  if (!existsSync(folder)) await fetchInto(folder);
  const entry = pathToFileURL(join(folder, "node_modules", "openai", "index.mjs")).href;
  return ((await import(entry)) as { readonly default: ClientClass }).default;
}

async function fetchInto(folder: string): Promise<void> {
  await mkdir(fetched, { recursive: true });
  const draft = await mkdtemp(join(fetched, "draft-"));
  const wanted = ["--prefix", draft, "--no-audit", "--no-fund", "--ignore-scripts", `openai@${version}`];
  try {
    await promisify(execFile)("npm", ["install", ...wanted], { cwd: draft, timeout: fetchMs });
    // Whoever was faster has put the same there.
    await rename(draft, folder).catch(() => {});
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
