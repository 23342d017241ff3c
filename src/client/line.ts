import type { z } from "zod";
import { problemSchema } from "../api/index.ts";
import { type ErrorCode, WeirError, errorCodes } from "../core/index.ts";

/** Requests to one server, with its key, and its refusals as WeirError. */
export interface Line {
  /** @throws WeirError `server.unreachable`, `server.answer`, and what the server refuses with */
  ask(path: string, request?: Request): Promise<Response>;
  /** A stream may last for ever, but not be silent for ever: the server speaks at least every 15 s. */
  stream(path: string, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<StreamAnswer>;
}

interface StreamAnswer {
  /** Null where there is nothing to come. */
  readonly body: ReadableStream<Uint8Array> | null;
}

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  readonly timeoutMs?: number;
}

const answerMs = 60_000;
const silenceMs = 45_000;

export function openLine({ url, key }: { readonly url: string | URL; readonly key?: string }): Line {
  const base = baseOf(url);
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const send = async (path: string, init: RequestInit) => {
    const answer = await reached(base, () => fetch(new URL(path, base), init));
    if (!answer.ok) throw await refusal(answer);
    return answer;
  };
  return {
    ask: async (path, { timeoutMs = answerMs, headers = {}, ...init } = {}) =>
      await send(path, { ...init, headers: { ...headers, ...authorization }, signal: AbortSignal.timeout(timeoutMs) }),
    stream: async (path, headers, signal) => {
      const silent = new AbortController();
      const both = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
      let timer = setTimeout(() => silent.abort(), silenceMs);
      const heard = () => {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), silenceMs);
      };
      try {
        const answer = await send(path, { headers: { ...headers, ...authorization }, signal: both });
        return { body: answer.status === 204 ? null : watched(base, answer, heard, () => clearTimeout(timer)) };
      } catch (error) {
        clearTimeout(timer);
        throw error;
      }
    },
  };
}

/** @throws WeirError `server.answer` when the answer is not what the schema wants */
export async function parsed<T extends z.ZodType>(answer: Response, schema: T): Promise<z.output<T>> {
  return parsedText(await textOf(answer), answer.url, schema);
}

/** @throws WeirError `server.answer` */
export function parsedText<T extends z.ZodType>(text: string, from: string, schema: T): z.output<T> {
  const value = schema.safeParse(jsonOf(text));
  if (value.success) return value.data;
  throw new WeirError("server.answer", `${from} answered in a form that this client does not know.`, {
    cause: value.error,
  });
}

/** The body, with every failure of the line in our words and the watch fed by what arrives. */
function watched(base: URL, answer: Response, heard: () => void, over: () => void): ReadableStream<Uint8Array> {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reached(base, () => reader.read());
        heard();
        if (!done) return controller.enqueue(value);
        over();
        controller.close();
      } catch (error) {
        over();
        controller.error(error);
      }
    },
    cancel: async (reason) => {
      over();
      await reader.cancel(reason);
    },
  });
}

/** A trailing slash, so that a server behind a path of a proxy keeps that path. */
function baseOf(url: string | URL): URL {
  const base = URL.parse(String(url));
  if (!base || (base.protocol !== "http:" && base.protocol !== "https:")) {
    throw new WeirError("server.unreachable", `"${url}" is not the URL of a server.`);
  }
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}

async function reached<T>(base: URL, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new WeirError("server.unreachable", `${base.origin} does not answer: ${why}.`, { cause: error });
  }
}

async function refusal(answer: Response): Promise<WeirError> {
  const problem = problemSchema.safeParse(jsonOf(await textOf(answer)));
  if (!problem.success) {
    return new WeirError("server.answer", `${answer.url} answered ${answer.status} ${answer.statusText}.`);
  }
  const { code, detail, hint } = problem.data;
  const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
  const later = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {};
  return isKnown(code)
    ? new WeirError(code, detail, { hint, ...later })
    : new WeirError("server.answer", `${detail} (${code})`);
}

function isKnown(code: string): code is ErrorCode {
  return code in errorCodes;
}

async function textOf(answer: Response): Promise<string> {
  return await reached(new URL(answer.url), () => answer.text());
}

/** Null for what is no JSON, which fits no schema of ours. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
