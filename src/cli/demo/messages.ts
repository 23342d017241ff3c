import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "../../core/index.ts";
import { defaultProfile } from "../../engine/learned.ts";
import { expandInputs } from "../inputs.ts";
import { readItems } from "../items.ts";
import { openLabelled } from "../labelled.ts";
import { findWorkflow, process } from "../process.ts";
import { type Paint, count, plain, table } from "../render/text.ts";
import type { App, Shell } from "../shell.ts";
import { failure } from "./part.ts";

/** Invented messages to an invented shop, its database, and messages whose routes are known. */
const fixtures = fileURLToPath(new URL("../../../fixtures", import.meta.url));
const labelledFile = join(fixtures, "tickets", "labelled.jsonl");
const messagesFolder = join(fixtures, "tickets", "messages");
const shopFile = join(fixtures, "shop", "shop.sqlite");
/** So few labels prove no smaller share of wrong routes. */
const risk = 0.1;

export interface Sorted {
  /** Messages learned from. */
  readonly learned: number;
  readonly results: readonly Result[];
}

/** Teaches the built-in workflow for messages and lets it sort new ones. */
export async function sortMessages(app: App, shell: Shell): Promise<Sorted> {
  const workflow = await findWorkflow("ticket", shell);
  const labelled = await openLabelled(shell, await readItems(labelledFile));
  const { definition } = workflow;
  const { profile, examples } = await app.teaching.teach({
    definition,
    name: defaultProfile,
    risk,
    promise: "certified",
    audit: 0,
    ...labelled,
    only: true,
    force: false,
    settings: {},
    signal: shell.signal,
    progress: () => {},
  });
  const { items } = await expandInputs([messagesFolder], shell.config.callerDir);
  const settings = { shop: shopFile, orders: "delivery" };
  const results: Result[] = [];
  for await (const result of process(app, shell, { workflow, items, settings, profile, fresh: true })) {
    if (result.error) throw failure(result.error, result.id);
    results.push(result);
  }
  return { learned: examples, results };
}

export function messagesText({ learned, results }: Sorted, columns: number, paint: Paint): string {
  const rows = results.map(({ id, decisions, doubts, status }) => {
    const route = decisions["route"];
    return [
      plain(id),
      plain(String(route?.value)),
      route?.confidence == null ? "" : `${Math.floor(route.confidence * 100)} %`,
      status === "succeeded" ? "sorted" : "waits",
      plain(status === "succeeded" ? orderIn(decisions) : (doubts[0]?.message ?? "")),
    ];
  });
  const reply = results.find(({ decisions }) => decisions["outcome"]?.value === "found");
  return [
    `Taught with ${count(learned, "other message")}. Of what it sorts by itself at most ${risk * 100} % are wrong, with 95 % confidence; the rest waits.`,
    "",
    ...table(
      [
        { title: "message", least: 12 },
        { title: "route" },
        { title: "sure", align: "right" },
        { title: "", paint: (text) => (text === "sorted" ? paint.green(text) : paint.yellow(text)) },
        { title: "order, or why it waits", least: 20, paint: (text) => paint.dim(text) },
      ],
      rows,
      columns,
      paint,
    ),
    ...(reply ? ["", `The reply to ${plain(reply.id)}, every fact from the shop's database:`, replyOf(reply)] : []),
  ].join("\n");
}

function orderIn(decisions: Result["decisions"]): string {
  const outcome = decisions["outcome"];
  return outcome ? `order ${String(decisions["orderNumber"]?.value)}: ${String(outcome.value)}` : "";
}

function replyOf({ decisions }: Result): string {
  const lines = String(decisions["reply"]?.value).split("\n");
  return lines.map((line) => `  ${plain(line)}`.trimEnd()).join("\n");
}
