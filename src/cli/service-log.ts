import { WeirError } from "../core/index.ts";
import type { InboxEvent } from "../inbox/index.ts";
import type { Fields } from "../ports/index.ts";
import type { Log } from "./shell.ts";

/** What service commands put into the log beside what the engine does. */

export function logInbox(log: Log, event: InboxEvent): void {
  if (event.type === "watching") log("info", "inbox.watching", { how: event.how, why: event.why });
  else if (event.type === "trouble.over") log("info", "inbox.trouble-over");
  else if (event.type === "trouble") log("error", "inbox.trouble", troubleOf(event.error));
  else if (event.type === "file.trouble") log("warn", event.type, { file: event.file, ...troubleOf(event.error) });
  else if (event.type === "file.rested") {
    const { file, run, folder } = event;
    log("info", event.type, { file, run, folder });
  } else {
    const { type, ...fields } = event;
    log(type === "file.taken" ? "debug" : "info", type, fields);
  }
}

/** Of the inbox and its files alone: no document was read yet. */
const troubleOf = ({ code, message }: { readonly code: string; readonly message: string }) => ({ code, message });

/** Which error, and where in the code; its message may repeat what a document says. */
export function placeOf(error: unknown): Fields {
  if (!(error instanceof Error)) return { code: "internal" };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  const code = error instanceof WeirError ? error.code : "internal";
  return {
    code,
    error: error.name,
    at: frames
      .slice(0, 5)
      .map((line) => line.trim())
      .join(" "),
  };
}
