import { WeirError } from "../../core/index.ts";

/** A key, or where it is taken from when it is needed: `() => process.env["SHOP_TOKEN"]`. Never part of a hash or a record. */
export type Secret = string | (() => string | undefined);

/** @throws WeirError `delivery.refused` when it is not there */
export function secretOf(secret: Secret, what: string): string {
  const value = typeof secret === "string" ? secret : secret();
  if (value !== undefined && value !== "") return value;
  throw new WeirError("delivery.refused", `The ${what} is not set.`, {
    hint: "Set it where the workflow takes it from, then `weir retry RUN`.",
  });
}
