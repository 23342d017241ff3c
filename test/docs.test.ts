import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Next, errorCodes, transitions } from "../src/core/index.ts";

const root = join(import.meta.dirname, "..");
const page = (name: string) => readFileSync(join(root, name), "utf8");

const moves: Readonly<Record<Next, string>> = {
  retry: "tries again later, with growing pauses",
  fail: "ends this document as failed and goes on with the others",
  review: "leaves it to a person",
  stop: "stops before any work, or leaves everything as it was",
};

test("docs/errors.md says of every code, and of no other, what happened, what Weir does and what you do", () => {
  const sections = page("docs/errors.md").split("\n## ").slice(1);
  const written = sections.map((section) => /^`([^`]+)`\n\n(\S[^\n]+)\n\n- Weir (.+)\.\n- You: (.+)\s*$/.exec(section));
  const told = Object.fromEntries(
    written.map((found, at) => [found?.[1] ?? sections[at], { weir: found?.[3], you: found?.[4] }]),
  );
  const wanted = Object.fromEntries(
    Object.entries(errorCodes).map(([code, { next, hint }]) => [code, { weir: moves[next], you: hint }]),
  );
  expect(told).toEqual(wanted);
});

test("docs/operations.md names every metric there is, and no other", () => {
  const section = page("docs/operations.md").split("\n### Figures for Prometheus")[1]?.split("\n### ")[0] ?? "";
  const told = [...section.matchAll(/^\| (`weir_[^|]+)\|/gm)].flatMap(
    ([, names = ""]) => names.match(/weir_\w+/g) ?? [],
  );
  const code = page("src/server/metrics.ts") + page("src/ports/telemetry.ts");
  const wanted = new Set(code.match(/\bweir_\w+(?=[":])/g));
  expect(told.toSorted()).toEqual([...wanted].toSorted());
});

test("docs/reliability.md names every suite that weir/testing exports, and no other", () => {
  const told = [...page("docs/reliability.md").matchAll(/^\|[^|]+\| `(\w+Suite)` /gm)].map((found) => found[1]);
  const exported = page("src/testing/index.ts").match(/\b\w+Suite\b/g) ?? [];
  expect(told.toSorted()).toEqual([...exported].toSorted());
});

test("the table of states in ARCHITECTURE.md is the one in src/core/run.ts", () => {
  const section = page("ARCHITECTURE.md")
    .split("\n## ")
    .find((text) => text.startsWith("The states of a run"));
  const rows = (section ?? "").matchAll(/^\| `([a-z-]+)` *\|(.*)\|$/gm);
  const told = Object.fromEntries([...rows].map((row) => [row[1], (row[2] ?? "").match(/`[a-z-]+`/g) ?? []]));
  const wanted = Object.fromEntries(
    Object.entries(transitions).map(([from, to]) => [from, to.map((state) => `\`${state}\``)]),
  );
  expect(told).toEqual(wanted);
});
