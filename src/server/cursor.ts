import { createHash } from "node:crypto";
import { WeirError } from "../core/index.ts";

/** Cursors leave the house sealed with a checksum, so that one that was cut or made up is told from a true one. */

export type CursorKind = "runs" | "reviews";

export function sealCursor(kind: CursorKind, cursor: string | null): string | null {
  return cursor === null ? null : `${Buffer.from(cursor).toString("base64url")}.${checksum(kind, cursor)}`;
}

/** @throws WeirError `request.bad-cursor` */
export function openCursor(kind: CursorKind, sealed: string): string {
  const [body = "", sum] = sealed.split(".");
  const cursor = Buffer.from(body, "base64url").toString();
  if (sum !== checksum(kind, cursor)) {
    throw new WeirError("request.bad-cursor", `The cursor is not one that a page of ${kind} gave.`);
  }
  return cursor;
}

function checksum(kind: CursorKind, cursor: string): string {
  return createHash("sha256").update(`${kind}:${cursor}`).digest("base64url").slice(0, 8);
}
