import { sumRole } from "./agree.ts";
import type { FieldSpec } from "./fields.ts";

/**
 * The path of the invoice schema that a field of another schema is like, by what it is called: its
 * learned weights serve there too. Null where nothing is like it, or where its name has words of its own.
 */
export function archetypeOf(field: FieldSpec): string | null {
  const { named, meaning, type } = field;
  if ([...named].some((atom) => atom.startsWith("w:"))) return null;
  switch (type) {
    case "money":
      return moneyLike(field);
    case "date":
      return named.has("due") ? "dueOn" : dateLike(named);
    case "name":
      return partyOf(meaning, "name");
    case "address":
      return partyOf(meaning, "address");
    case "identifier":
      return numberLike(field);
    case "iban":
    case "currency":
      return type;
    case "vat":
      return meaning.has("buyer") ? null : "seller.vatId";
    default:
      return null;
  }
}

function moneyLike(field: FieldSpec): string | null {
  const role = sumRole(field);
  return role === "due" ? "amountDue" : role;
}

/** Of the document itself, not of a delivery, an order or a period. */
function dateLike(meaning: FieldSpec["meaning"]): string | null {
  const own = new Set(["date", "invoice", "issue", "print", "time"]);
  return [...meaning].every((atom) => own.has(atom)) ? "issuedOn" : null;
}

function partyOf(meaning: FieldSpec["meaning"], part: "name" | "address"): string | null {
  if (meaning.has("shipTo") || meaning.has("delivery")) return null;
  if (meaning.has("buyer") || meaning.has("customer")) return `buyer.${part}`;
  return meaning.has("seller") || (part === "address" && meaning.size === 1) ? `seller.${part}` : null;
}

function numberLike({ named, meaning }: FieldSpec): string | null {
  if (named.has("contract") || named.has("customer")) return null;
  if (meaning.has("invoice")) return "number";
  return meaning.has("purchase") ? "purchaseOrder" : null;
}
