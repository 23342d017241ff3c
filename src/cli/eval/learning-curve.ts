import { hash32 } from "../../confidence/index.ts";
import type { Decisions, OutOfFold } from "../../core/index.ts";
import { textsOf } from "../../engine/deciding.ts";
import type { WorkflowDefinition } from "../../engine/definition.ts";
import { type Dial, type ReadExample, type Teaching, asTheyCome } from "../../teaching/index.ts";
import { type Answered, type FieldScore, score } from "./score.ts";

/** How right a workflow would be after so many labelled documents. */
export interface CurvePoint {
  /** Documents learned from. */
  readonly documents: number;
  /** Random subsets of that size; their figures are averaged. */
  readonly subsets: number;
  /** Documents asked, those learned from left out. */
  readonly asked: number;
  readonly exact: number;
  /** By path. */
  readonly fields: Readonly<Record<string, number>>;
  /** Share accepted, and wrong among those; null where nobody can tell: of what all was learned from. */
  readonly coverage: number | null;
  readonly risk: number | null;
}

export interface CurveRequest extends Dial {
  readonly teaching: Pick<Teaching, "tryOut">;
  readonly definition: WorkflowDefinition;
  readonly examples: readonly ReadExample[];
  readonly settings: Readonly<Record<string, string>>;
  readonly without: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly progress: (doing: string, share: number) => void;
}

const sizes = [10, 30, 100] as const;
const subsets = 3;

/**
 * Learns from random subsets and asks about the rest; from all documents, each is answered by readers
 * that had not seen it. No stored profile is touched. Same documents, same curve.
 */
export async function learningCurve(request: CurveRequest): Promise<readonly CurvePoint[]> {
  const { examples, progress } = request;
  const points: CurvePoint[] = [];
  const fitting = sizes.filter((size) => size < examples.length);
  for (const [at, size] of fitting.entries()) {
    const scores: { readonly all: FieldScore; readonly fields: Readonly<Record<string, FieldScore>> }[] = [];
    for (let seed = 1; seed <= subsets; seed++) {
      progress(`learning from ${size}`, (at + (seed - 1) / subsets) / (fitting.length + 1));
      const [learn, ask] = parted(examples, size, seed);
      const { answers } = await request.teaching.tryOut({ ...request, learn, ask, progress: () => {} });
      const labelled = ask.map(({ truth }, index) => ({ truth, result: answered(answers[index] ?? {}) }));
      scores.push(score(labelled, request.risk, textsOf(request.definition)));
    }
    points.push(averaged(size, examples.length - size, scores));
  }
  progress("learning from all", fitting.length / (fitting.length + 1));
  const { taught } = await request.teaching.tryOut({ ...request, learn: examples, ask: [], progress: () => {} });
  return [...points, ofAll(examples.length, taught.outOfFold)];
}

export function parted<T extends { readonly id: string }>(
  examples: readonly T[],
  size: number,
  seed: number,
): readonly [learn: readonly T[], ask: readonly T[]] {
  const shuffled = examples.toSorted((a, b) => hash32(a.id, seed) - hash32(b.id, seed));
  return [shuffled.slice(0, size), shuffled.slice(size)];
}

export function answered(decisions: Decisions): Answered {
  const cloud = { calls: 0, promptTokens: 0, completionTokens: 0, bytesOut: 0, cost: "0" };
  const local = { promptTokens: 0, reusedTokens: 0, generatedTokens: 0 };
  const usage = { ms: 0, queueMs: 0, local, cloud, allCloud: { promptTokens: 0, completionTokens: 0 } };
  return { status: "review", output: {}, decisions: decisions as Answered["decisions"], usage };
}

function averaged(
  documents: number,
  asked: number,
  scores: readonly { readonly all: FieldScore; readonly fields: Readonly<Record<string, FieldScore>> }[],
): CurvePoint {
  const mean = (of: (one: (typeof scores)[number]) => number) =>
    scores.reduce((sum, one) => sum + of(one), 0) / Math.max(1, scores.length);
  const paths = Object.keys(scores[0]?.fields ?? {});
  const accepted = mean(({ all }) => all.coverage);
  return {
    documents,
    subsets: scores.length,
    asked,
    exact: mean(({ all }) => all.exact),
    fields: Object.fromEntries(paths.map((path) => [path, mean(({ fields }) => fields[path]?.exact ?? 0)])),
    coverage: accepted,
    risk: accepted === 0 ? null : mean(({ all }) => (all.risk ?? 0) * all.coverage) / accepted,
  };
}

function ofAll(documents: number, rows: readonly OutOfFold[]): CurvePoint {
  const best = asTheyCome(rows);
  const exact = (some: readonly OutOfFold[]) => some.filter(({ right }) => right).length / Math.max(1, some.length);
  const byPath = Map.groupBy(best, ({ path }) => path);
  return {
    documents,
    subsets: 1,
    asked: documents,
    exact: exact(best),
    fields: Object.fromEntries([...byPath].map(([path, some]) => [path, exact(some)])),
    coverage: null,
    risk: null,
  };
}
