import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { type Result, resultSchema } from "../src/core/index.ts";

/** docs/your-own-workflow.md, as written: its files in an empty folder, its commands one after the other. */

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);
let folder = "";
let page = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-own-"));
  page = await readFile(join(root, "docs/your-own-workflow.md"), "utf8");
  const files = { ts: "purchase-order.ts", csv: "customers.csv", txt: "order.txt" };
  for (const [kind, name] of Object.entries(files)) await writeFile(join(folder, name), block(kind)[0] ?? "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const block = (kind: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "gms"))].map((found) => found[1] ?? "");

async function weir(line: string): Promise<readonly Result[]> {
  const [, ...args] = line.split(" ");
  const { stdout } = await run(process.execPath, [join(root, "bin", "weir.mjs"), ...args, "--json"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], WEIR_CACHE: readConfig().cacheDir },
  });
  const lines = stdout.trim().split("\n").filter(Boolean);
  return lines.map((one) => resultSchema.loose().parse(JSON.parse(one)) as Result);
}

test("the workflow of the page has fewer than 40 lines", () => {
  expect(block("ts")[0]?.trimEnd().split("\n").length).toBeLessThan(40);
});

test("its commands do what the page says", { timeout: 300_000 }, async () => {
  const [first = "", second = ""] = block("sh");
  const [waiting] = await weir(first.trim());
  expect(waiting).toMatchObject({ status: "review", workflow: { name: "purchase-order" } });
  const values = Object.entries(waiting?.decisions ?? {}).map(([path, { value }]) => [path, value]);
  expect(Object.fromEntries(values)).toEqual({
    number: "PO-7731",
    orderedOn: "2026-03-12",
    deliverBy: "2026-03-30",
    customerNumber: "C-1044",
    net: "580.00",
    tax: "110.20",
    total: "690.20",
  });
  expect(waiting?.output).toMatchObject({ total: "690.20", customerNumber: null });

  const [list = "", look = "", accept = ""] = second.trim().split("\n");
  const [listed] = await weir(list);
  expect(listed?.run).toBe(waiting?.run);
  const named = (line: string) => line.replace("RUN", listed?.run ?? "");
  expect(await weir(named(look))).toMatchObject([{ status: "review" }]);
  const [done] = await weir(named(accept));
  expect(done).toMatchObject({
    status: "succeeded",
    output: { customerNumber: "C-1044", customer: { name: "Harbour Joinery", credit: "2500.00" } },
  });
  expect(await readdir(join(folder, "outbox"))).toEqual([`${done?.run}.json`, "purchase-order-v1.csv"]);
});

test("an order over the customer's credit waits with that reason", { timeout: 300_000 }, async () => {
  const order = (block("txt")[0] ?? "").replace("C-1044", "C-1051");
  await writeFile(join(folder, "large.txt"), order);
  const [waiting] = await weir("weir run ./purchase-order.ts large.txt");
  const [after] = await weir(`weir review ${waiting?.run} --accept-all`);
  expect(after).toMatchObject({ status: "review" });
  expect(after?.doubts.map(({ message }) => message)).toContain("690.20 is more than the credit of 400.00");
});
