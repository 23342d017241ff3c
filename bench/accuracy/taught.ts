import type { Teaching, ReadExample } from "../../src/teaching/index.ts";
import { answered, parted } from "../../src/cli/eval/learning-curve.ts";
import { type Labelled, score } from "../../src/cli/eval/score.ts";
import { riskLadder, sourcesOf } from "../../src/confidence/index.ts";
import { populations } from "../../src/core/index.ts";
import type { WorkflowDefinition } from "../../src/engine/definition.ts";
import type { Learned, Scores } from "./measured.ts";
import { qualityOf, scoreSplits } from "./splits.ts";

export interface TaughtRequest {
  readonly teaching: Teaching;
  readonly definition: WorkflowDefinition;
  readonly examples: readonly ReadExample[];
  readonly risk: number;
  readonly splitCount: number;
  /** Whether to take times: only where the machine does nothing else. */
  readonly times: boolean;
  readonly say: (text: string) => void;
}

/** Learns from one half and asks about the other; then from all, and tries promises on random halves. */
export async function measureTaught(
  request: TaughtRequest,
): Promise<{ readonly scores: Scores; readonly learned: Learned; readonly labelled: readonly Labelled[] }> {
  const { teaching, definition, examples, risk, splitCount, times, say } = request;
  const { signal } = new AbortController();
  const common = { definition, risk, promise: "certified", settings: {}, without: new Set<string>(), signal } as const;

  say(`learning from half of ${examples.length}`);
  const [learn, ask] = parted(examples, Math.ceil(examples.length / 2), 1);
  const begunAt = Date.now();
  let learnedAt = begunAt;
  const progress = () => {
    learnedAt = Date.now();
  };
  const half = await teaching.tryOut({ ...common, learn, ask, progress });
  const labelled = ask.map(({ truth }, at) => ({ truth, result: answered(half.answers[at] ?? {}) }));
  const { fields, all, lists, baselines, documents } = score(labelled, risk);

  say("learning from all, each document answered by readers that had not seen it");
  const { taught } = await teaching.tryOut({ ...common, learn: examples, ask: [], progress: () => {} });
  const sources = sourceNames(examples);
  const risks = [...new Set([...riskLadder, risk])].toSorted((a, b) => a - b);
  const quality = [...Map.groupBy(taught.outOfFold, ({ path }) => path)].map(([path, rows]) => {
    const of = populations.map((population) => [population, qualityOf(rows, population)] as const);
    return [path, Object.fromEntries(of) as Learned["outOfFold"][string]] as const;
  });
  return {
    labelled,
    scores: {
      asked: ask.length,
      fields,
      all,
      untouched: documents.untouched,
      untouchedWrong: documents.untouchedWrong,
      lists,
      baselines,
      milliseconds: times ? ranks(half.milliseconds) : null,
    },
    learned: {
      senders: taught.sourceCount,
      from: learn.length,
      seconds: times ? (learnedAt - begunAt) / 1000 : null,
      outOfFold: Object.fromEntries(quality),
      splitCount,
      splits: scoreSplits(taught, (id) => sources.get(id) ?? id, { count: splitCount, risks }),
    },
  };
}

function sourceNames(examples: readonly ReadExample[]): ReadonlyMap<string, string> {
  const names = sourcesOf(examples.map(({ text }) => text));
  return new Map(examples.map(({ id }, at) => [id, names[at] ?? id]));
}

function ranks(times: readonly number[]): Scores["milliseconds"] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
  return sorted.length === 0 ? null : { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
