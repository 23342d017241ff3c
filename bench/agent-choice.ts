// node bench/agent-choice.ts [--count 40] [--seed 5]: how well the language model alone chooses the next step of
// an agent. Each message is offered two tools whose preconditions are left out on purpose: looking the order up
// (right where a number of an order stands in it) and asking the customer for it (right where none does).
import { parseArgs } from "node:util";
import { z } from "zod";
import { inventMail } from "../fixtures/tickets/generate.ts";
import { readConfig } from "../src/config.ts";
import { readText } from "../src/document/flow/text.ts";
import { createModelHost } from "../src/models/host.ts";
import { resolveDecoder, resolveEncoder } from "../src/models/library.ts";
import type { StepContext } from "../src/ports/index.ts";
import { chooseByModel } from "../src/steps/agent/choice.ts";
import { tool } from "../src/steps/index.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "40" }, seed: { type: "string", default: "5" } },
});
const settings = { cacheFolder: readConfig().cacheDir, decoder: null, encoder: null };
const model = createModelHost({
  files: { decoder: () => resolveDecoder(settings), encoder: () => resolveEncoder(settings) },
});
const named = (name: string, description: string) =>
  tool(name, { description, arguments: z.object({}), result: z.string(), changes: false, run: () => "" });
const offered = [
  named("look up", "look up the order by its number"),
  named("ask", "ask the customer for the order number"),
] as const;

const context: Partial<StepContext> = { model, signal: new AbortController().signal, count: () => {} };
const { messages } = inventMail(Number(values.seed), Number(values.count));
let right = 0;
let tokens = 0;
const chosen: Record<string, number> = {};
for (const { text, truth } of messages) {
  const document = await readText(new TextEncoder().encode(text), 10);
  const choice = await chooseByModel(offered, document, [], context as StepContext);
  const wanted = truth.outcome === "no-number" ? "ask" : "look up";
  right += Number(choice.tool.name === wanted);
  tokens += choice.tokens;
  chosen[`${wanted} → ${choice.tool.name}`] = (chosen[`${wanted} → ${choice.tool.name}`] ?? 0) + 1;
}
await model.close();
console.table(chosen);
console.log(`${right} of ${messages.length} right, ${Math.round(tokens / messages.length)} tokens a choice`);
