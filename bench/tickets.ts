// node bench/tickets.ts [--count 1500] [--idle 100] [--json]: teaches the ticket workflow with invented messages, sends
// it others and prints how many a minute go through the durable engine, and how long one alone takes.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../fixtures/invoices/random.ts";
import { type App, openApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { loadWorkflow } from "../src/load-workflow.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1500" },
    idle: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});

/** What each route's messages are about. */
const topics: Readonly<Record<string, readonly string[]>> = {
  refund: ["I want my money back for the {thing}", "please refund the {thing}", "the {thing} was charged twice"],
  delivery: ["where is my {thing}", "the {thing} has not arrived yet", "when will the {thing} be delivered"],
  return: ["how do I send the {thing} back", "I would like to return the {thing}", "the {thing} does not fit me"],
  broken: ["the {thing} arrived broken", "the {thing} stopped working", "a part of the {thing} is missing"],
  invoice: [
    "I need an invoice for the {thing}",
    "the invoice of the {thing} has a wrong address",
    "send the bill again",
  ],
  login: ["I cannot sign in to my account", "my password does not work any more", "the code to sign in never comes"],
  address: ["please change my delivery address", "I moved, update my address", "the parcel goes to my old address"],
  cancel: [
    "please cancel my order of the {thing}",
    "I ordered the {thing} by mistake",
    "stop the order of the {thing}",
  ],
};
const things = ["lamp", "chair", "kettle", "coat", "radio", "table", "bicycle", "mirror", "carpet", "clock", "phone"];
const openings = ["Hello,", "Hi there,", "Good morning,", "Dear team,", ""];
const asides = [
  "I bought it last month.",
  "It was a gift.",
  "Nobody answers the phone.",
  "This is the second time.",
  "",
];

const random = new Random(11);
const labelled = Array.from({ length: 800 }, () => invented());
const messages = Array.from({ length: Number(values.count) + Number(values.idle) }, () => invented());

function invented(): { readonly route: string; readonly text: string } {
  const route = random.pick(Object.keys(topics));
  const said = random.pick(topics[route] ?? []).replace("{thing}", random.pick(things));
  const order = random.chance(0.5) ? `My order is ${random.int(100_000, 999_999)}.` : "";
  const lines = [random.pick(openings), `${said}.`, random.pick(asides), order, `Ref ${random.int(1, 1e9)}`];
  return { route, text: lines.filter((line) => line !== "").join("\n") };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function teach(app: App): Promise<string> {
  const { definition } = await loadWorkflow("ticket", process.cwd());
  const bytes = new Map<string, Uint8Array>();
  const given = labelled.map(({ route, text }, at) => {
    const own = bytesOf(text);
    const sha256 = createHash("sha256").update(own).digest("hex");
    bytes.set(sha256, own);
    const document = { sha256, name: `m${at}.txt`, bytes: own.length };
    return { id: `m${at}`, document, truth: { route }, from: "file" as const };
  });
  const report = await app.teaching.teach({
    definition,
    name: "default",
    given,
    problems: [],
    bytes,
    audit: 0,
    only: true,
    force: true,
    risk: 0.05,
    promise: "certified",
    settings: {},
    signal: new AbortController().signal,
    progress: () => {},
  });
  return report.profile;
}

async function submit(app: App, at: number): Promise<string> {
  const { text = "" } = messages[at] ?? {};
  const document = { itemId: `t${at}`, name: `t${at}.txt`, bytes: bytesOf(text) };
  return (await app.service.submit({ workflow: "ticket", lane: `lane-${at < crowd ? "crowd" : at}`, ...document })).run
    .id;
}

const crowd = Number(values.count);
const folder = mkdtempSync(join(tmpdir(), "weir-bench-tickets-"));
try {
  const app = await openApp(readConfig({ ...process.env, WEIR_DATA: folder }, process.cwd()));
  try {
    const taughtAt = performance.now();
    const profile = await teach(app);
    const teachSeconds = (performance.now() - taughtAt) / 1_000;
    const runs: string[] = [];
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    for (let at = 0; at < crowd; at += 1) runs.push(await submit(app, at));
    await app.engine.drain("lane-crowd");
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    const ended = await Promise.all(runs.map(async (run) => await app.engine.get(run)));
    const right = ended.filter(({ draft }, at) => draft?.decisions["route"]?.value === messages[at]?.route).length;
    const alone: number[] = [];
    for (let at = crowd; at < messages.length; at += 1) {
      const sentAt = performance.now();
      await submit(app, at);
      await app.engine.drain(`lane-${at}`);
      alone.push(performance.now() - sentAt);
    }
    const sorted = alone.toSorted((a, b) => a - b);
    const quantile = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
    const result = {
      profile,
      teachSeconds: Number(teachSeconds.toFixed(1)),
      messages: crowd,
      seconds: Number(seconds.toFixed(1)),
      // Of this process, the models' apart: what the wall clock would show on an idle machine.
      engineCpuMsEach: Number(((cpu.user + cpu.system) / 1_000 / crowd).toFixed(1)),
      aMinute: Math.round((60 * crowd) / seconds),
      right: Number((right / crowd).toFixed(4)),
      untouched: ended.filter(({ status }) => status === "succeeded").length / crowd,
      aloneMs: { n: alone.length, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
    };
    console.log(values.json ? JSON.stringify(result) : result);
  } finally {
    await app.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
