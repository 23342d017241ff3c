import type { Web, WebAnswer, WebFailure, WebRequest } from "../ports/index.ts";

export interface WebOptions {
  /** Whether no byte may leave this machine: then only its own loopback addresses are asked. */
  readonly airgap: boolean;
}

/** Redirects within a host that are followed. */
const redirectsMax = 3;

/** Requests over Node's own client. */
export function createWeb({ airgap }: WebOptions): Web {
  return {
    request: async (request) => {
      const url = new URL(request.url);
      if (airgap && !isLoopback(url.hostname)) {
        return failure("airgap", `${url.host} was not asked: no byte leaves this machine (airgap).`);
      }
      return await exchange(request, url);
    },
  };
}

async function exchange(request: WebRequest, first: URL): Promise<WebAnswer | WebFailure> {
  const limit = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
  try {
    let url = first;
    for (let redirects = 0; ; redirects++) {
      const response = await send(request, url.href, signal);
      const next = redirectOf(response, url);
      if (next === null) return await answerOf(response, request, first);
      await response.body?.cancel();
      if (request.method !== "GET" || next.origin !== first.origin || redirects === redirectsMax) {
        return failure("redirect", `${first.host} sends the request on to ${next.host}, which is not followed.`);
      }
      url = next;
    }
  } catch (error) {
    request.signal?.throwIfAborted();
    if (limit.aborted) return failure("timeout", `${first.host} did not answer within ${request.timeoutMs} ms.`);
    return failure("unreachable", `${first.host} cannot be reached: ${reasonOf(error)}`);
  }
}

async function send({ method, headers, body }: WebRequest, url: string, signal: AbortSignal): Promise<Response> {
  return await fetch(url, {
    method,
    redirect: "manual",
    signal,
    headers: { accept: "application/json", ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

function redirectOf({ status, headers }: Response, from: URL): URL | null {
  const location = headers.get("location");
  const isRedirect = [301, 302, 303, 307, 308].includes(status);
  return isRedirect && location !== null && URL.canParse(location, from.href) ? new URL(location, from) : null;
}

/** Reads no further than the limit: a body without end is not waited for. */
async function answerOf(response: Response, { bytesMax }: WebRequest, url: URL): Promise<WebAnswer | WebFailure> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    bytes += piece.value.byteLength;
    if (bytes > bytesMax) {
      await reader?.cancel();
      return failure("too-large", `${url.host} answers with more than ${bytesMax} bytes.`);
    }
    chunks.push(piece.value);
  }
  const body = new TextDecoder().decode(Buffer.concat(chunks));
  return { ok: true, status: response.status, headers: Object.fromEntries(response.headers), body };
}

function failure(why: WebFailure["why"], message: string): WebFailure {
  return { ok: false, why, message };
}

/** What `fetch` itself says is only that it failed. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** By name and number only: what a name of the net resolves to is not asked. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
