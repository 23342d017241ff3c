import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { WeirError } from "../core/index.ts";

/**
 * Who may ask. With keys: whoever sends one, from anywhere. Without: only this machine, and no page of
 * another site in its browser; the Host is checked because a foreign name may be made to resolve here.
 */
export type Guard = (headers: IncomingHttpHeaders) => void;

/** @throws WeirError `auth.missing`, `auth.wrong`, `origin.refused`, from the guard */
export function createGuard(keys: readonly string[]): Guard {
  return keys.length > 0 ? keyGuard(keys) : loopbackGuard;
}

const loopbackHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);

/** @throws WeirError `server.needs-keys` where other machines could ask and no key would stop them */
export function assertMayListen(host: string, keys: readonly string[]): void {
  if (keys.length > 0 || loopbackHosts.has(host)) return;
  throw new WeirError(
    "server.needs-keys",
    `Without keys the server listens on this machine only (127.0.0.1, ::1 or localhost), not on ${host}.`,
  );
}

function loopbackGuard(headers: IncomingHttpHeaders): void {
  const host = loopbackHost(headers.host);
  if (!host) throw new WeirError("origin.refused", `Host "${headers.host ?? ""}" is not this machine.`);
  const { origin } = headers;
  if (origin !== undefined && !isOwn(origin, host)) {
    throw new WeirError("origin.refused", `A page of ${origin} may not ask here.`);
  }
  if (headers["sec-fetch-site"] === "cross-site") {
    throw new WeirError("origin.refused", "A page of another site may not ask here.");
  }
}

/** As written: a URL parser would take 2130706433 for 127.0.0.1, and a browser might take it elsewhere. */
const loopbackForm = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/iu;

function loopbackHost(host: string | undefined): URL | null {
  return host !== undefined && loopbackForm.test(host) ? URL.parse(`http://${host}`) : null;
}

/** Same name and port; the scheme may differ, where a proxy on this machine speaks TLS. */
function isOwn(origin: string, host: URL): boolean {
  const from = URL.parse(origin);
  if (from === null || (from.protocol !== "http:" && from.protocol !== "https:")) return false;
  return from.hostname === host.hostname && from.port === host.port;
}

function keyGuard(keys: readonly string[]): Guard {
  const known = keys.map(digest);
  return ({ authorization }) => {
    const given = /^Bearer +(\S+) *$/iu.exec(authorization ?? "")?.[1];
    if (given === undefined) throw new WeirError("auth.missing", "The request carries no key.");
    const presented = digest(given);
    // Every key is compared, each in constant time, so that time tells nothing about any of them.
    const matches = known.filter((key) => timingSafeEqual(key, presented));
    if (matches.length === 0) throw new WeirError("auth.wrong", "The request's key is none of the server's.");
  };
}

/** Digests are of equal length whatever the keys are, as the comparison wants. */
function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** On every answer. Nothing here is meant to be framed, sniffed, cached or loaded by other sites. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
