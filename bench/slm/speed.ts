import type { LocalModel } from "../../src/models/host.ts";
import { choose, chooseRole } from "../../src/slm/choose.ts";
import { writeObject } from "../../src/slm/grammar.ts";
import type { Baseline } from "./baseline.ts";
import { median } from "./figures.ts";

/** An invented letter and eight things to decide about it. */
const letter = Array.from({ length: 6 }, (_zero, at) => [
  `Dear customer care, this is about order ${70_211 + at} of last Tuesday.`,
  "The parcel came two days late and one of the four cups inside was broken.",
  "I paid 36.40 euros by card. Please send a new cup or give the money for it back.",
  "My daughter's birthday is on Friday, so I hope that this can be settled before.",
])
  .flat()
  .join("\n");

const enums: Readonly<Record<string, readonly string[]>> = {
  topic: ["delivery", "payment", "damage", "praise"],
  urgency: ["low", "normal", "high"],
  language: ["English", "German", "French", "Spanish"],
  sentiment: ["happy", "neutral", "angry"],
  channel: ["letter", "phone", "visit"],
  customer: ["private person", "company"],
  wish: ["refund", "replacement", "information", "nothing"],
  payment: ["card", "cash", "invoice", "unknown"],
};

const runs = 5;

export interface SpeedFigures {
  readonly enumsMs: { readonly choose: number; readonly grammar: number; readonly decisions: number };
  readonly prefill: { readonly first: number; readonly second: number };
  readonly crash: {
    readonly prompt: number;
    readonly reused: number;
    readonly coldMs: number;
    readonly loadedMs: number;
  };
  readonly raw: { readonly read: number; readonly write: number };
  /** Tokens a second at which the memory alone would let the model write: each token reads all weights once. */
  readonly writeAtMost: number;
  readonly ours: { readonly read: number; readonly write: number };
  readonly latencies: Readonly<Record<string, readonly number[]>>;
}

export async function measureSpeed(
  model: LocalModel,
  baseline: Baseline,
  threads: readonly number[],
  modelBytes: number,
): Promise<SpeedFigures> {
  const latencies: Record<string, number[]> = { choose: [], role: [], write: [], grammar: [] };
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    latencies[name]?.push(performance.now() - begun);
    return result;
  };
  const schema = {
    type: "object",
    properties: Object.fromEntries(Object.entries(enums).map(([key, values]) => [key, { enum: values }])),
  } as const;
  const enumsMs: Record<"choose" | "grammar" | "decisions", number[]> = { choose: [], grammar: [], decisions: [] };
  await choose(model, { document: letter, label: "topic", values: enums["topic"] ?? [] });
  for (let run = 0; run < runs; run++) {
    let begun = performance.now();
    for (const [label, values] of Object.entries(enums)) {
      await timed("choose", () => choose(model, { document: letter, label, values }));
    }
    enumsMs.choose.push(performance.now() - begun);
    begun = performance.now();
    await baseline.ask(letter, schema);
    enumsMs.grammar.push(performance.now() - begun);
    enumsMs.decisions.push(await baseline.decide(letter, enums));
    await timed("role", () =>
      chooseRole(model, { document: letter, text: "36.40", labels: ["price", "order number", "date"] }),
    );
    const answer = { instruction: "Say in one sentence what the writer wants.", schema: null, tokensMax: 64 } as const;
    await timed("write", () => model.write({ document: letter, ...answer })).catch(() => {});
    await timed("grammar", () => writeObject(model, { document: letter, schema, tokensMax: 160 }));
    process.stderr.write(`speed ${run + 1}/${runs}\n`);
  }
  const raws = [];
  for (const count of threads) for (let run = 0; run < 3; run++) raws.push(await baseline.raw(count));
  const raw = { read: Math.max(...raws.map(({ read }) => read)), write: Math.max(...raws.map(({ write }) => write)) };
  return {
    enumsMs: { choose: median(enumsMs.choose), grammar: median(enumsMs.grammar), decisions: median(enumsMs.decisions) },
    ...(await measureKept(model)),
    raw,
    writeAtMost: memoryBytesPerSecond() / modelBytes,
    ours: await ownSpeed(model),
    latencies,
  };
}

const copied = 256_000_000;

/** What one core reads from memory, by the best of some copies: each byte is read once and written once. */
function memoryBytesPerSecond(): number {
  const [from, to] = [Buffer.alloc(copied, 1), Buffer.alloc(copied)];
  const rates = Array.from({ length: 8 }, () => {
    const begun = performance.now();
    from.copy(to);
    return (2 * copied) / ((performance.now() - begun) / 1000);
  });
  return Math.max(...rates);
}

/** What a second question reads of a document, and what a new process does after the first was killed. */
async function measureKept(model: LocalModel): Promise<Pick<SpeedFigures, "prefill" | "crash">> {
  const document = `A letter that nobody has read yet.\n${letter}`;
  const ask = (question: string) => model.score({ document, question, lead: "It is", options: ["a", "the"] });
  let begun = performance.now();
  const { tokens: first } = await ask("What is it?");
  const coldMs = performance.now() - begun;
  const { tokens: second } = await ask("Who wrote it, and when?");
  process.kill(model.hostPid ?? 0, "SIGKILL");
  while (model.hostPid !== null) await new Promise((resolve) => setTimeout(resolve, 20));
  // Another document wakes the new process, so that loading the model is not part of it.
  await model.score({ document: "", question: "Ready?", options: ["yes", "no"] });
  begun = performance.now();
  const { tokens: after } = await ask("What is it?");
  const loadedMs = performance.now() - begun;
  return {
    prefill: { first: first.prompt - first.reused, second: second.prompt - second.reused },
    crash: { prompt: after.prompt, reused: after.reused, coldMs, loadedMs },
  };
}

const writtenTokens = 24;

/** Tokens a second through the host, everything included; the best of some, as of the bare engine. */
async function ownSpeed(model: LocalModel): Promise<{ readonly read: number; readonly write: number }> {
  const reads: number[] = [];
  const writes: number[] = [];
  for (let run = 0; run < 6; run++) {
    const document = `Receipt ${run}: ${"3 rolls at 1.20 each, paid in cash.\n".repeat(70)}`;
    let begun = performance.now();
    const { tokens } = await model.score({ document, question: "What?", options: ["a"], optionTokensMax: 1 });
    reads.push(((tokens.prompt - tokens.reused) / (performance.now() - begun)) * 1000);
    await model.write({ document, instruction: "Go on.", schema: { const: 1 }, tokensMax: 60 });
    begun = performance.now();
    // Cut short on purpose: how many tokens that took is then known.
    const ended = await model.write({ document, instruction: "Go on.", schema: null, tokensMax: writtenTokens }).then(
      (written) => written.tokens.generated,
      () => writtenTokens,
    );
    writes.push((ended / (performance.now() - begun)) * 1000);
  }
  return { read: Math.max(...reads), write: Math.max(...writes) };
}
