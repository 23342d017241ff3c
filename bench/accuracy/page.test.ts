import { expect, test } from "vitest";
import { pageOf, sectionsOf } from "./page.ts";

const written = { head: "# Accuracy\n\n## How to read it\n\nwords", tail: "## What is bad\n\nmuch" };
const section = (set: string, figure: string) => ({ set, markdown: `## ${set}: \`ticket\`\n\n${figure}\n` });
const order = ["receipts", "tickets", "orders"];

test("measuring one set again changes its section and keeps the others", () => {
  const first = pageOf("", [section("tickets", "0.7"), section("receipts", "0.9")], order, written);
  expect(sectionsOf(first).map(({ set }) => set)).toEqual(["receipts", "tickets"]);
  const second = pageOf(first, [section("tickets", "0.8"), section("orders", "0.6")], order, written);
  expect(second).toBe(
    "# Accuracy\n\n## How to read it\n\nwords\n\n## receipts: `ticket`\n\n0.9\n\n## tickets: `ticket`\n\n0.8\n\n## orders: `ticket`\n\n0.6\n\n## What is bad\n\nmuch\n",
  );
  expect(pageOf(second, [], order, written)).toBe(second);
});

test("a set that is measured no longer leaves the page", () => {
  const page = pageOf("", [section("tickets", "0.7"), section("orders", "0.6")], order, written);
  expect(pageOf(page, [], ["orders"], written)).not.toContain("tickets");
});
