import { expect, test } from "vitest";
import { readFailure } from "./outcome.ts";
import type { Received } from "./wire.ts";

const now = Date.UTC(2026, 0, 1);
const failed = (code: string) => new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) });
const received = (status: number, body = "{}", headers: Readonly<Record<string, string>> = {}): Received => ({
  status,
  headers,
  body: new TextEncoder().encode(body),
});

test.each(["ECONNREFUSED", "ENOTFOUND", "CERT_HAS_EXPIRED", "airgap.refused"])("%s: nobody got it", (code) => {
  expect(readFailure(null, failed(code), now)).toMatchObject({ status: "unavailable" });
});

test.each(["ECONNRESET", "UND_ERR_SOCKET", ""])("%s after it was sent: nobody knows", (code) => {
  expect(readFailure(null, failed(code), now)).toMatchObject({ status: "lost" });
});

test("a port that nothing is sent to is refused", () => {
  const error = new TypeError("fetch failed", { cause: new Error("bad port") });
  expect(readFailure(null, error, now)).toMatchObject({ status: "refused" });
});

test.each([408, 425, 429, 500, 502, 503, 529])("HTTP %i may be tried again", (status) => {
  expect(readFailure(received(status), null, now)).toMatchObject({ status: "unavailable", retryAt: null });
});

test.each([301, 400, 401, 403, 404, 422])("HTTP %i is the last word", (status) => {
  expect(readFailure(received(status), null, now)).toMatchObject({ status: "refused" });
});

test.each([
  ["30", now + 30_000],
  ["0.5", now + 500],
  ["Thu, 01 Jan 2026 00:01:00 GMT", now + 60_000],
  ["99999999", now + 86_400_000],
  ["soon", null],
  ["Thu, 01 Jan 1970 00:00:00 GMT", null],
])("Retry-After: %s", (header, retryAt) => {
  expect(readFailure(received(429, "{}", { "retry-after": header }), null, now).retryAt).toBe(retryAt);
});
