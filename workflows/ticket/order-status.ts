import {
  type Decision,
  type Draft,
  type Line,
  type Pages,
  type Step,
  deliver,
  folder,
  read,
  review,
  workflow,
} from "weir";
import { z } from "zod";
import { orderTools } from "./agent.ts";
import { languageOf, languages } from "./replies.ts";

/** Who wrote, and in which language. */
const Message = z.object({ language: z.enum(languages), customerEmail: z.email().nullable() });

const header = /^(?:[A-Z][\w-]*|Von|An|Datum|Betreff): /;
const sender = /^(?:From|Von|E-?mail): (?:.*<)?([^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>?\s*$/i;

/** Only the lines above the text say who wrote: what the text says about itself is not asked. */
function senderOf(lines: readonly Line[]) {
  for (const line of lines) {
    const email = sender.exec(line.text)?.[1];
    if (email !== undefined) return { email, line };
    if (!header.test(line.text)) return null;
  }
  return null;
}

const message: Step<Pages, Draft<typeof Message>> = {
  name: "message",
  kind: "own",
  shape: { languages: [...languages] },
  schema: Message,
  run: async (state, context) => {
    const lines = (await context.text(state)).pages.flatMap((page) => page.lines);
    const from = senderOf(lines);
    const language = languageOf(lines.map((line) => line.text).join("\n"));
    const decisions = {
      language: ruled(language),
      customerEmail: from
        ? ruled(from.email.toLowerCase(), [
            { page: from.line.page, line: from.line.line, text: from.email, box: from.line.box },
          ])
        : { ...ruled(null), status: "review" as const },
    };
    return { ...state, stage: "draft", draft: { decisions, doubts: [], optional: ["customerEmail"] } };
  },
};

function ruled(value: string | null, source: Decision["source"] = []): Decision {
  return { value, confidence: null, status: "accepted", by: "rule", source, alternatives: [], evidence: {} };
}

/** Where is my order? weir run workflows/ticket/order-status.ts MESSAGES --set shop=shop.sqlite */
export default workflow("order-status", { version: 1 })
  .step(read({ pagesMax: 20 }))
  .step(message)
  .agent(orderTools("customerEmail"), { turnsMax: 8 })
  .step(review())
  .step(deliver(folder("outbox")));
