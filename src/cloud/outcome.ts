import type { JsonObject } from "../core/index.ts";
import type { CallStatus } from "../ports/index.ts";
import type { Received } from "./wire.ts";

/** What a response, or the lack of one, means for a question. */
export interface Reading {
  readonly status: Exclude<CallStatus, "sending" | "answered">;
  /** In plain words. */
  readonly problem: string;
  /** Milliseconds since 1970. */
  readonly retryAt: number | null;
}

/** Nobody worked on a request that never reached a server. */
const neverSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);
const certificate = /^(?:CERT_|DEPTH_ZERO|ERR_TLS|SELF_SIGNED|UNABLE_TO_)/;
const shownMax = 300;

/** Why there was no usable answer. `error` is what was thrown where nothing came back. */
export function readFailure(received: Received | null, error: unknown, now: number): Reading {
  if (!received) return unanswered(error);
  const { status } = received;
  const said = messageOf(received);
  const retryAt = retryAtOf(received.headers, now);
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    return { status: "unavailable", problem: `HTTP ${status}${said}`, retryAt };
  }
  if (status >= 200 && status < 300) return { status: "unusable", problem: unusable(received, error), retryAt: null };
  return { status: "refused", problem: `HTTP ${status}${said}`, retryAt: null };
}

function unanswered(error: unknown): Reading {
  const codes = causesOf(error).map((cause) => cause.code ?? "");
  const code = codes.find((one) => neverSent.has(one) || certificate.test(one) || one === "airgap.refused");
  if (code !== undefined) return { status: "unavailable", problem: `no connection (${code})`, retryAt: null };
  // What fetch itself will not send, nobody will ever get.
  if (causesOf(error).some(({ message }) => message === "bad port")) {
    return { status: "refused", problem: "no request is sent to that port", retryAt: null };
  }
  const late = causesOf(error).some(({ name }) => name === "TimeoutError");
  const reason = late ? "no answer in time" : (codes.find((one) => one !== "") ?? "the connection broke off");
  return { status: "lost", problem: `sent, but ${reason}`, retryAt: null };
}

interface Cause {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
}

function causesOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  for (let here = error, depth = 0; here instanceof Error && depth < 6; here = here.cause, depth++) {
    causes.push(here as Cause);
    if (here instanceof AggregateError) causes.push(...(here.errors as Cause[]));
  }
  return causes;
}

function unusable(received: Received, error: unknown): string {
  const text = textOf(received);
  if (/^\s*</.test(text)) return `HTTP ${received.status} with a web page instead of an answer`;
  const said = messageOf(received);
  if (said !== "") return `HTTP ${received.status}, but an error${said}`;
  const why = error instanceof Error ? error.message : String(error);
  return why.startsWith("The answer ") ? why : `no answer of the form asked for`;
}

/** What the provider says about its error, shortened. */
function messageOf(received: Received): string {
  const { error } = (jsonOf(received) ?? {}) as { error?: unknown };
  const message = typeof error === "string" ? error : (error as { message?: unknown } | null)?.message;
  return typeof message === "string" ? `: ${message.slice(0, shownMax)}` : "";
}

function textOf({ body }: Received): string {
  return new TextDecoder().decode(body);
}

function jsonOf(received: Received): JsonObject | null {
  try {
    const value: unknown = JSON.parse(textOf(received));
    return value !== null && typeof value === "object" ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

/** Tokens as the provider counted them, whatever else is wrong with its answer. */
export function usageIn(received: Received): { readonly prompt: number; readonly completion: number } | null {
  const usage = (jsonOf(received)?.["usage"] ?? {}) as JsonObject;
  const { prompt_tokens: prompt, completion_tokens: completion } = usage;
  return typeof prompt === "number" && typeof completion === "number" ? { prompt, completion } : null;
}

/** Seconds or a date; a day is the most that is believed. */
function retryAtOf(headers: JsonObject, now: number): number | null {
  const said = headers["retry-after"];
  if (typeof said !== "string") return null;
  const at = /^\d+(?:\.\d+)?$/.test(said) ? now + Number(said) * 1_000 : Date.parse(said);
  return Number.isFinite(at) && at > now ? Math.min(at, now + 86_400_000) : null;
}
