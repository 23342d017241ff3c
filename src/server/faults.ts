import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError } from "fastify";
import { type ErrorCode, WeirError, errorCodes } from "../core/index.ts";
import { type Problem, problem, problemOf, problemType, statusOf } from "./problem.ts";

/** What the HTTP layer below us found wrong, in our codes. Fastify's own codes never leave the house. */
const ofFastify: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["request.content-type", "The request's content type is none that this call takes."],
  FST_ERR_CTP_INVALID_JSON_BODY: ["request.bad-json", "The body is not valid JSON."],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["request.bad-json", "The body is empty."],
  FST_ERR_CTP_BODY_TOO_LARGE: ["request.too-large", "The body is larger than this call takes."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["request.invalid", "The body is not as long as content-length says."],
  FST_ERR_BAD_URL: ["request.invalid", "The path is not a valid URL path."],
};

/** Any thrown thing as one of ours; what nobody foresaw stays as it is, and is `internal` outside. */
export function inOurWords(error: FastifyError | Error): Error {
  if (error instanceof WeirError) return error;
  const { code = "", statusCode = 500 } = error as Partial<FastifyError>;
  const known = ofFastify[code];
  if (known) return new WeirError(known[0], known[1], { cause: error });
  if (error instanceof SyntaxError && statusCode === 400) {
    return new WeirError("request.bad-json", `The body is not valid JSON: ${error.message}.`, { cause: error });
  }
  if (statusCode >= 400 && statusCode < 500) return new WeirError("request.invalid", error.message, { cause: error });
  return error;
}

/**
 * Answers what never became a request: headers or body too slow, too many headers, no HTTP at all.
 * Written by hand, because there is no reply to send it with.
 */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const found = brokenRequest(error.code ?? "");
  const body = JSON.stringify(found);
  socket.end(
    `HTTP/1.1 ${found.status} ${STATUS_CODES[found.status]}\r\ncontent-type: ${problemType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function brokenRequest(code: string): Problem {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return problemOf(new WeirError("request.timeout", "The request was not complete in time."));
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return problem(431, "request.invalid", "The request's headers are too long.", errorCodes["request.invalid"].hint);
  }
  return problem(
    statusOf["request.invalid"],
    "request.invalid",
    "This is not a valid HTTP request.",
    errorCodes["request.invalid"].hint,
  );
}
