import type { Json } from "./json.ts";

/** When two values count as the same: null only equals null; decimals by value; else letters and digits, any script. */
export function sameValue(mine: Json, truth: Json): boolean {
  if (mine === null || truth === null) return mine === null && truth === null;
  const [a, b] = [printed(mine), printed(truth)];
  const [x, y] = [decimal(a), decimal(b)];
  if (x !== null && y !== null && (a.includes(".") || b.includes("."))) return Math.abs(x - y) < 0.005;
  return lettersOf(a) === lettersOf(b);
}

const printed = (value: Json) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** What remains of a text when case, spaces and punctuation do not matter. */
export function lettersOf(text: string): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function decimal(text: string): number | null {
  const bare = text.trim().replaceAll(",", "");
  return /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : null;
}

/** Two lists as sets of names: how many they share and how many each has. */
export function sameNames(mine: readonly Json[], truth: readonly Json[]) {
  const [got, wanted] = [names(mine), names(truth)];
  const both = [...got].filter((name) => wanted.has(name)).length;
  return { both, got: got.size, wanted: wanted.size };
}

function names(values: readonly Json[]): Set<string> {
  const named = values.map((value) => nameOf(value)).filter((name) => name !== null);
  return new Set(named.map((name) => lettersOf(printed(name))).filter((name) => name !== "" && name !== "NONE"));
}

function nameOf(value: Json): Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const { name, substance, description } = value as { readonly [key: string]: Json };
  return name ?? substance ?? description ?? null;
}
