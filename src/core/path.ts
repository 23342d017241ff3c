import type { Decisions } from "./decision.ts";
import type { Json } from "./json.ts";

/** Decisions are flat, output is nested: "seller.name" and "lines.0.amount" name leaves of the output. */

type Tree = { [key: string]: Tree | Json };

/** Accepted values as a nested deep partial of the schema; what is not accepted is null. */
export function nestOutput(decisions: Decisions): { [key: string]: Json } {
  return nest(
    Object.entries(decisions).map(([path, { status, value }]) => [path, status === "accepted" ? value : null]),
  );
}

/** The best answers, accepted or not, nested as the schema is. */
export function nestBest(decisions: Decisions): { [key: string]: Json } {
  return nest(Object.entries(decisions).map(([path, { value }]) => [path, value]));
}

function nest(entries: readonly (readonly [path: string, value: Json])[]): { [key: string]: Json } {
  const root: Tree = {};
  for (const [path, value] of entries) put(root, path.split("."), value);
  return withArrays(root) as { [key: string]: Json };
}

function put(node: Tree, keys: readonly string[], value: Json): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length === 0) {
    node[key] = value;
    return;
  }
  const next = node[key];
  const child: Tree = next !== null && typeof next === "object" && !Array.isArray(next) ? (next as Tree) : {};
  node[key] = child;
  put(child, rest, value);
}

function withArrays(node: Tree | Json): Json {
  if (node === null || typeof node !== "object" || Array.isArray(node)) return node as Json;
  const entries = Object.entries(node as Tree).map(([key, value]) => [key, withArrays(value)] as const);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  }
  return Object.fromEntries(entries);
}

/** "lines.3.amount" → "lines.*.amount": the path as the schema knows it. */
export function schemaPath(path: string): string {
  return path.replaceAll(/\.\d+(?=\.|$)/g, ".*");
}

/** The value of a dotted path in plain JSON, or undefined. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path.split(".")) {
    if (here === null || here === undefined || typeof here !== "object") return undefined;
    here = (here as { readonly [key: string]: Json })[key];
  }
  return here;
}
