import type { Command } from "commander";

type Example = readonly [line: string, about: string];

/**
 * What people type, at the end of every command's help; RUN stands for an id that `weir ls` shows.
 * All in one place, so that one test sees that no command lacks them and that none is out of date.
 */
const examples: Readonly<Record<string, readonly Example[]>> = {
  weir: [
    ["weir demo", "read the example invoices that come along"],
    ["weir run invoice inbox/ --json", "a folder, one JSON result a line"],
    ["weir run ./my-workflow.ts letter.pdf", "a workflow of your own"],
    ["weir review", "what waits for you"],
  ],
  "weir run": [
    ["weir run invoice a.pdf b.pdf", "two documents"],
    ["weir run invoice inbox/ --json", "a folder, one JSON result a line on standard output"],
  ],
  "weir show": [
    ["weir show RUN", "every value, where it stands and what is open"],
    ["weir show RUN --html page.html", "the same as a page with pictures"],
  ],
  "weir ls": [
    ["weir ls --status review", "what waits for a person"],
    ["weir ls --status failed --code document.damaged", "what failed, and why"],
    ["weir ls --workflow invoice --limit 10 --json", "the last ten results for a program"],
  ],
  "weir stats": [
    ["weir stats", "all workflows"],
    ["weir stats --workflow invoice --json", "one of them, for a program"],
  ],
  "weir ledger": [
    ["weir ledger", "every question that left, and what it cost"],
    ["weir ledger RUN", "for one document, every byte"],
    ["weir ledger --export ledger.jsonl", "the whole record with its hashes"],
  ],
  "weir audit": [["weir audit verify", "was anything altered?"]],
  "weir audit verify": [["weir audit verify --json", "for a program"]],
  "weir review": [
    ["weir review", "all that wait"],
    ["weir review RUN --set total=327.00 --accept number", "correct one value, accept another"],
  ],
  "weir retry": [
    ["weir retry RUN", "after the cause is mended"],
    ["weir retry --failed --code delivery.failed", "all that failed for the same reason"],
  ],
  "weir rerun": [["weir rerun RUN --from extract", "with what was read before"]],
  "weir prune": [
    ["weir prune --older-than 30d", "beside a running service, or without one"],
    ["weir prune --older-than 1y --failed --vacuum", "what failed too, and make the database smaller"],
  ],
  "weir purge": [
    ["weir purge letter.pdf", "the document with these bytes"],
    ["weir purge RUN", "the one that a run is over"],
  ],
  "weir backup": [["weir backup /backups/weir-monday", "beside a running service, or without one"]],
  "weir restore": [["weir restore /backups/weir-monday --data .weir", "into a data folder that is not there yet"]],
  "weir cancel": [["weir cancel RUN", "a run that is queued, working or waiting"]],
  "weir teach": [
    ["weir teach receipt labelled.jsonl", "from now on runs of receipt use what was learned"],
    ["weir teach receipt --from-reviews --risk 0.05", "from what people decided so far"],
  ],
  "weir eval": [
    ["weir eval invoice labelled.jsonl", "how often it is right, field by field"],
    ["weir eval invoice labelled.jsonl --fresh --json", "read again, scores for a program"],
  ],
  "weir model": [
    ["weir model ls", "what is known, here and in use"],
    ["weir model pull", "fetch what is in use"],
  ],
  "weir model ls": [["weir model ls --json", "one model a line, for a program"]],
  "weir model pull": [
    ["weir model pull", "the models in use"],
    ["weir model pull smollm2-135m", "one by its name"],
  ],
  "weir model bench": [
    ["weir model bench", "every decoder that is here"],
    ["weir model bench smollm2-135m ./mine.gguf", "these two"],
  ],
  "weir model use": [["weir model use smollm2-135m", "from now on"]],
  "weir doctor": [["weir doctor", "what works here, and how to mend the rest"]],
  "weir demo": [["weir demo", "read the example invoices that come along"]],
  "weir start": [
    ["weir start", "until Ctrl-C, for programs on this machine"],
    ["weir start --port 8080 --inbox scans", "another port, another folder to watch"],
  ],
  "weir api": [["weir api --port 8080", "beside a `weir worker` on the same --data"]],
  "weir worker": [["weir worker --data /srv/weir", "works on what others take in there"]],
  "weir inbox": [
    ["weir inbox --inbox scans", "watch a folder"],
    ["weir inbox --inbox scans --explain", "why each file in it is still there"],
  ],
  "weir enqueue": [
    ["weir enqueue invoice a.pdf scans/", "into the service that `weir start` began here"],
    ["weir enqueue invoice a.pdf --url http://127.0.0.1:8080", "into one on another port"],
  ],
  "weir completion": [
    ["weir completion bash > weir.bash", "then: source weir.bash"],
    ["weir completion fish > ~/.config/fish/completions/weir.fish", "for fish, once"],
  ],
};

/** Lets the help of a command and of all below it end with its examples. */
export function withExamples(command: Command, parent = ""): void {
  const name = `${parent} ${command.name()}`.trim();
  const some = examples[name] ?? [];
  const widest = Math.max(...some.map(([line]) => line.length));
  const lines = some.map(([line, about]) => `  ${line.padEnd(widest)}   ${about}`);
  if (some.length > 0)
    command.addHelpText("after", ["", some.length > 1 ? "Examples:" : "Example:", ...lines].join("\n"));
  for (const sub of command.commands) withExamples(sub, name);
}
