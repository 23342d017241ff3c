// node bench/order-status.ts [--count 50] [--seed 7] [--handmade] [--without rule] [--json]: invented messages to an invented
// shop, answered by workflows/ticket/order-status.ts over a real engine and a real SQLite shop. Prints how many
// came to the right outcome, and every word of a reply that neither a text nor the shop has.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { answerMail } from "../fixtures/tickets/answer.ts";
import { handmadeMail } from "../fixtures/tickets/handmade.ts";
import { inventMail, outcomes } from "../fixtures/tickets/generate.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "50" },
    seed: { type: "string", default: "7" },
    without: { type: "string" },
    handmade: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), "weir-order-status-"));
try {
  const made = inventMail(Number(values.seed), Number(values.count));
  const mail = values.handmade ? handmadeMail(made.shop) : made;
  const started = performance.now();
  const answers = await answerMail(mail, folder, values.without === undefined ? {} : { without: values.without });
  const seconds = (performance.now() - started) / 1_000;
  const rows = outcomes.map((outcome) => {
    const some = answers.filter(({ message }) => message.truth.outcome === outcome);
    return { outcome, messages: some.length, right: some.filter(({ isRight }) => isRight).length };
  });
  const sum = {
    messages: answers.length,
    right: answers.filter(({ isRight }) => isRight).length,
    invented: answers.flatMap(({ message, invented }) => invented.map((word) => `${message.id}: ${word}`)),
    tricked: answers.filter(({ message, isRight }) => message.injects && !isRight).length,
    tricks: answers.filter(({ message }) => message.injects).length,
    turns: answers.reduce((all, { actions }) => all + actions.length, 0),
    turnsByModel: answers.reduce((all, { actions }) => all + actions.filter(({ by }) => by === "slm").length, 0),
    toPeople: answers.filter(({ status }) => status === "review").length,
    seconds,
  };
  if (values.json) {
    console.log(JSON.stringify({ rows, ...sum }));
  } else {
    console.table(rows);
    console.log(`right outcome ${sum.right} of ${sum.messages} (${((100 * sum.right) / sum.messages).toFixed(1)} %)`);
    console.log(
      `facts that nobody gave: ${sum.invented.length}${sum.invented.length > 0 ? ` ${sum.invented.join("; ")}` : ""}`,
    );
    console.log(`messages that try a trick: ${sum.tricks}, of them with a wrong outcome: ${sum.tricked}`);
    console.log(`turns ${sum.turns}, chosen by the language model ${sum.turnsByModel}; left to people ${sum.toPeople}`);
    console.log(`${seconds.toFixed(1)} s`);
    for (const { message, outcome, isRight } of answers)
      if (!isRight) console.log(`wrong: ${message.id} is ${message.truth.outcome}, was ${outcome}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
