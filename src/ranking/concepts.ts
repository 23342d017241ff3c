import type { ColumnRole } from "../candidates/index.ts";
import type { Meaning } from "./labels.ts";

/** What an amount is, as its label puts it. */
export type AmountConcept =
  | "net"
  | "tax"
  | "taxIncluded"
  | "gross"
  | "total"
  | "due"
  | "paid"
  | "cash"
  | "change"
  | "sub"
  | "base"
  | "part"
  | "rounding"
  | "discount"
  | "charge"
  | "quantity"
  | "price"
  | "amount"
  | "other";

/**
 * Reads the meanings of a label together: "total" with "excl. VAT" is net, "total" with "VAT" is tax.
 * @param value the amount, where it matters: what is called a rounding and is a unit or more is the rounded sum
 */
export function amountConcept(label: Meaning, value = "0"): AmountConcept | null {
  if (label.size === 0) return null;
  const has = (atom: string) => label.has(atom);
  const sum = has("total") || has("grand") || has("sub");
  if (has("points") || has("phone") || has("registration") || has("iban")) return "other";
  if (has("change")) return "change";
  if (has("quantity") && !has("amount") && !has("net") && !has("gross")) return "quantity";
  if (has("paid") && !has("due") && !has("grand") && !has("gross")) return "paid";
  if (has("after") && (sum || has("rounding") || has("discount")) && !has("net"))
    return has("gross") ? "gross" : "total";
  if (has("rounding") && !has("grand")) return Math.abs(Number(value)) >= 1 ? "total" : "rounding";
  if (has("cash") && !sum && !has("due")) return "cash";
  if (has("discount") && !has("net") && !has("gross") && !has("due")) return "discount";
  if ((has("shippingCost") || has("fee")) && !has("grand") && !has("due")) return "charge";
  if (has("part") && !has("grand")) return "part";
  if (has("base") && !has("grand")) return sum ? "net" : "base";
  if (has("net") && !has("due")) return "net";
  if (has("gross")) return sum || has("amount") || has("due") || !has("tax") ? "gross" : "taxIncluded";
  if (has("tax") && !has("plus")) return "tax";
  if (has("tax")) return sum ? "net" : "tax";
  if (has("due")) return "due";
  if (has("sub") && !has("grand")) return "sub";
  if (has("total") || has("grand")) return "total";
  if (has("unitPrice")) return "price";
  return has("amount") ? "amount" : null;
}

/** What a column heading announces. */
export function columnRole(label: Meaning): ColumnRole | null {
  const has = (atom: string) => label.has(atom);
  if (has("discount")) return "discount";
  if (has("unitPrice") && !has("total") && !has("lineAmount")) return "unitPrice";
  if (has("quantity")) return "quantity";
  if (has("total") || has("amount") || has("lineAmount") || has("gross") || has("net"))
    return has("tax") && !has("net") && !has("gross") ? "rate" : "amount";
  if (has("unitPrice")) return "unitPrice";
  if (has("tax") || has("rate")) return "rate";
  if (has("description")) return "description";
  return has("article") ? "article" : null;
}

const closing = new Set<AmountConcept>([
  "net",
  "tax",
  "taxIncluded",
  "gross",
  "total",
  "due",
  "sub",
  "cash",
  "change",
  "paid",
  "base",
]);

/** Whether a row with this label ends a table of items. */
export function closesTable(label: Meaning): boolean {
  const concept = amountConcept(label);
  const unknown = [...label].filter((atom) => atom.startsWith("w:")).length;
  return concept !== null && closing.has(concept) && unknown <= 2;
}
