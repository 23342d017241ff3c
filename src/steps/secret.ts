import { WeirError } from "../core/index.ts";

/** A key, or a function that takes it from where it is kept when it is needed. Never part of a hash or a record. */
export type Secret = string | (() => string | undefined);

/** @throws WeirError `delivery.refused` when it is not there */
export function secretOf(secret: Secret, what: string): string {
  const value = typeof secret === "string" ? secret : secret();
  if (value !== undefined && value !== "") return value;
  throw new WeirError("delivery.refused", `The ${what} is not set.`, {
    hint: "Set it where the workflow takes it from, then `weir retry RUN`.",
  });
}
