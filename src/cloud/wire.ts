import { AsyncLocalStorage } from "node:async_hooks";
import type { JsonObject } from "../core/index.ts";
import type { CallRef, Ledger, NewCall, CallLimits, Verdict } from "../ports/index.ts";

/** One question on its way: what the ledger said, what came back. */
export interface Exchange {
  /** The call without what only the request itself knows. */
  readonly call: Omit<NewCall, "request" | "body">;
  readonly limits: CallLimits;
  /** Never written to the ledger. */
  readonly secret: string | null;
  readonly signal: AbortSignal;
  verdict: Verdict | null;
  bytesOut: number;
  received: Received | null;
}

export interface Received {
  readonly status: number;
  readonly headers: JsonObject;
  readonly body: Uint8Array;
}

/** More is no answer to a question. */
const answerBytesMax = 1_000_000;
/** Describe a body that is handed on decoded. */
const bodyHeaders = new Set(["content-encoding", "content-length", "transfer-encoding"]);

/**
 * The one way out: whatever a provider's package sends while a question is asked is recorded before it
 * goes and as it comes back, and goes at most once.
 */
export class Wire {
  readonly #ledger: Ledger;
  readonly #exchanges = new AsyncLocalStorage<Exchange>();
  /** Before anybody was put in its place. */
  readonly #send = globalThis.fetch;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  async run<T>(exchange: Exchange, work: () => Promise<T>): Promise<T> {
    return await this.#exchanges.run(exchange, work);
  }

  /** For packages that take no fetch of ours: within `run`, and only there, theirs is this one. */
  takeOverFetch(): void {
    globalThis.fetch = async (input, init) =>
      await (this.#exchanges.getStore() ? this.fetch(input, init) : this.#send(input, init));
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const exchange = this.#exchanges.getStore();
    if (!exchange) throw new Error("A request to a cloud outside a question.");
    if (exchange.verdict) throw new Error("A question is sent once.");
    const request = new Request(input, init);
    const body = new Uint8Array(await request.arrayBuffer());
    const { method, url } = request;
    const headers = Object.fromEntries(request.headers);
    const shown = hidden({ method, url, headers }, exchange.secret);
    exchange.verdict = await this.#ledger.begin({ ...exchange.call, request: shown, body }, exchange.limits);
    if (exchange.verdict.verdict !== "go") throw new Error("Not sent.");
    exchange.bytesOut = body.byteLength;
    const signal = AbortSignal.any([exchange.signal, request.signal]);
    // Not followed: an address nobody configured gets nothing.
    const response = await this.#send(url, { method, headers, body, signal, redirect: "manual" });
    const bytes = await readAll(response);
    const answered = Object.fromEntries([...response.headers].filter(([name]) => !bodyHeaders.has(name)));
    exchange.received = { status: response.status, headers: answered, body: bytes };
    return new Response(bytes, { status: response.status, headers: answered });
  };
}

/** The call that is under way, where it was sent. */
export function sentCall({ verdict }: Exchange): CallRef | null {
  return verdict?.verdict === "go" ? verdict.call : null;
}

/** Keys have no place in a record. */
function hidden(request: JsonObject, secret: string | null): JsonObject {
  if (secret === null || secret === "") return request;
  return JSON.parse(JSON.stringify(request).replaceAll(secret, "***")) as JsonObject;
}

async function readAll(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > answerBytesMax) throw new Error(`The answer has more than ${answerBytesMax} bytes.`);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
