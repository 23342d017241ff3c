import { type Command, InvalidArgumentError, Option } from "commander";
import type { NewDocument, Submitted } from "../../client/client.ts";
import { WeirError, asWeirError, priorityMost } from "../../core/index.ts";
import { expandInputs, loadItem } from "../inputs.ts";
import type { Item } from "../items.ts";
import { type WorkOptions, withJson, withSettings } from "../options.ts";
import { parseSettings } from "../process.ts";
import { plain } from "../render/text.ts";
import { type Shell, describeError, ending, exit } from "../shell.ts";
import { defaultPort } from "./serve.ts";

type EnqueueOptions = WorkOptions & { readonly url: string; readonly priority?: number; readonly wait: boolean };

/** Where a service that is full does not say when to ask again. */
const againMs = 5_000;

/** `weir enqueue`: documents into a running service. */
export function addEnqueue(program: Command, shell: Shell): Command {
  const command = program
    .command("enqueue")
    .description("send documents to a running service (weir start)")
    .argument("<workflow>", "a workflow the service knows")
    .argument("<input...>", "files, folders, .jsonl files of items, or - for standard input");
  return withSettings(withJson(command))
    .option("--profile <name>", "what the workflow has learned, by name (default: default)")
    .option("--url <url>", "of the service", `http://127.0.0.1:${defaultPort}`)
    .addOption(
      new Option("--priority <n>", "higher first; each step goes before ten minutes of waiting").argParser(
        priorityNumber,
      ),
    )
    .option("--no-wait", "end when the service's queue is full, instead of waiting for room")
    .action(
      ending(shell, async (workflow: string, inputs: readonly string[], options: EnqueueOptions) =>
        enqueue(shell, workflow, inputs, options),
      ),
    );
}

async function enqueue(
  shell: Shell,
  workflow: string,
  inputs: readonly string[],
  options: EnqueueOptions,
): Promise<number> {
  const settings = parseSettings(options.set);
  const { items } = await expandInputs(inputs, shell.config.callerDir);
  const { createClient } = await import("../../client/client.ts");
  const [key] = shell.config.apiKeys;
  const client = createClient({ url: options.url, ...(key === undefined ? {} : { key }) });
  let failed = false;
  for (const item of items) {
    shell.signal.throwIfAborted();
    try {
      const document = await documentOf(shell, item, { workflow, settings, ...givenIn(options) });
      const { run } = await whenThereIsRoom(shell, options, async () => await client.submit(document));
      if (options.json) shell.print({ id: item.id, run });
      else shell.say(`${plain(item.id)}  ${run}`);
    } catch (thrown) {
      const error = asWeirError(thrown);
      // One bad document stops no other; a service that is not there, or knows no such workflow, stops all.
      if (!/^(document|request)\./.test(error.code)) throw error;
      failed = true;
      if (options.json) shell.print({ id: item.id, error: error.info() });
      else shell.say(`${plain(item.id)}  ${describeError(error, shell.paint).text}`);
    }
  }
  return failed ? exit.failed : exit.done;
}

/** Sends again and again while the service's queue is full: nothing of what it refused is there. */
async function whenThereIsRoom(
  shell: Shell,
  { wait }: EnqueueOptions,
  send: () => Promise<Submitted>,
): Promise<Submitted> {
  for (let told = false; ; told = true) {
    try {
      return await send();
    } catch (thrown) {
      const full = thrown instanceof WeirError && thrown.code === "queue.full";
      if (!full || !wait) throw thrown;
      if (!told) shell.say(`${thrown.message} Waiting for room; Ctrl-C stops, and what was sent stays there.`);
      await shell.clock.sleep(thrown.retryAfterMs ?? againMs, shell.signal);
    }
  }
}

function priorityNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && Math.abs(number) <= priorityMost) return number;
  throw new InvalidArgumentError(`A priority is a whole number from -${priorityMost} to ${priorityMost}.`);
}

const givenIn = ({ profile, priority }: EnqueueOptions) => ({
  ...(profile === undefined ? {} : { profile }),
  ...(priority === undefined ? {} : { priority }),
});

async function documentOf(
  shell: Shell,
  item: Item,
  about: Pick<NewDocument, "workflow" | "settings" | "profile" | "priority">,
): Promise<NewDocument> {
  const common = { ...about, id: item.id, name: item.name };
  if ("text" in item.source) return { ...common, text: item.source.text };
  const loaded = await loadItem(item, shell.stdin);
  if ("bytes" in loaded) return { ...common, file: new Uint8Array(loaded.bytes) };
  const { code, message, hint } = loaded.error;
  throw new WeirError(code === "document.missing" ? code : "document.unreadable", message, { hint });
}
