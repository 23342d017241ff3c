import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { workflow } from "../../src/engine/flow.ts";
import { readText } from "../../src/document/flow/text.ts";
import { askPerson, finish, review, tool, tools } from "../../src/steps/index.ts";
import { workOnOne } from "../support/crashing.ts";
import { draftState } from "../support/engine.ts";

/**
 * A process of the agent's crash test: two calls that change something outside, then an answer. Calls say
 * in `calls.log` that they were made; what they change is a file named by their effect key, as a real
 * system keeps idempotency keys.
 *
 *   CRASH_AT=point:n   SIGKILL at the nth time that crash point is reached
 */

const [folder = ""] = process.argv.slice(2);
const Message = z.object({ language: z.string() });

const book = tool("book", {
  description: "book the return of an order",
  arguments: z.object({ order: z.string().regex(/^\d{5}$/) }),
  result: z.string(),
  changes: true,
  when: ({ results }) => (results("book").length < 2 ? "now" : "no"),
  run: ({ order }, { effectKey }) => {
    appendFileSync(path.join(folder, "calls.log"), `${effectKey.replace(/^.*?\//, "")} ${order}\n`);
    const effect = path.join(folder, `effect-${effectKey.replaceAll(/[/ ]/g, "-")}`);
    if (!existsSync(effect)) writeFileSync(effect, order);
    return order;
  },
});
const answer = finish(({ results }) =>
  results("book").length === 2
    ? {
        reply: results("book")
          .map(({ value }) => value)
          .join(" and "),
      }
    : null,
);

const { definition } = workflow("returns", { version: 1 })
  .step("read", async ({ document }, { blobs }) => {
    const bytes = new TextEncoder().encode("Order 10423 and order 10424 come back.");
    const sha256 = await blobs.put(new TextEncoder().encode(JSON.stringify(await readText(bytes, 10))));
    const state = draftState<typeof Message>(document, {});
    return { ...state, reading: { ...state.reading, sha256 } };
  })
  .agent(tools(z.object({ reply: z.string() }), answer, { ...book, each: true }, askPerson()))
  .step(review());

await workOnOne(folder, definition);
