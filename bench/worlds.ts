import { hash32, seeded } from "../src/confidence/index.ts";
import type { OutOfFold, Population, Scope } from "../src/core/index.ts";

/** Simulated labelled answers whose true error at every threshold is known. */

export interface World {
  readonly name: string;
  /** Chance of an error of an answer of rank `rank`, 0 the most confident, 1 the least, before sender effects. */
  readonly error: (rank: number) => number;
  /** Confidence by rank; falls or stays. */
  readonly confidence: (rank: number) => number;
  /** Spread of the senders' own difficulty in log-odds: 0 makes all documents independent. */
  readonly spread: number;
  /** Whether all values of a document are read as surely, and right or wrong together. */
  readonly alike: boolean;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));
const good = (rank: number) => sigmoid(-6 + 5 * rank);
const middling = (rank: number) => sigmoid(-5 + 5.5 * rank);
const honest = (error: (rank: number) => number) => (rank: number) => 1 - error(rank) - rank * 1e-6;
const worldOf = (name: string, error: World["error"], more: Partial<World> = {}): World => ({
  name,
  error,
  confidence: honest(error),
  spread: 0,
  alike: false,
  ...more,
});

export const worlds: readonly World[] = [
  worldOf("good", good),
  worldOf("middling", middling),
  worldOf("cliff", (rank) => (rank < 0.6 ? 0.005 : 0.3)),
  worldOf("at the risk", () => 0.0501, { confidence: (rank) => 0.97 - rank * 1e-3 }),
  worldOf("above the risk", () => 0.1, { confidence: (rank) => 0.97 - rank * 1e-3 }),
  worldOf("overconfident", middling, { confidence: (rank) => 1 - middling(rank) / 10 - rank * 1e-6 }),
  worldOf("worst first", (rank) => (rank < 0.1 ? 0.15 : good(rank)), { confidence: (rank) => 0.99 - rank / 5 }),
  worldOf("ties", good, { confidence: (rank) => Math.floor((1 - good(rank)) * 50) / 50 }),
  worldOf("senders differ", good, { spread: 2 }),
  worldOf("senders differ much", middling, { spread: 4 }),
  worldOf("values alike", good, { alike: true }),
  worldOf("values alike, senders differ", middling, { alike: true, spread: 2 }),
];

export const paths = ["total", "date"] as const;

/** Where the n-th path is accepted from for senders met before or not; null: nowhere. */
export type ThresholdOf = (of: number, met: boolean) => number | "ignored" | null;

/** One draw of labelled documents, and the truth about what comes after them. */
export interface Draw {
  readonly rows: readonly OutOfFold[];
  readonly sourceOf: (example: string) => string;
  /** Error of documents to come whose answers are accepted from these thresholds on, and the share accepted. */
  readonly truth: (scope: Scope, thresholdOf: ThresholdOf) => Truth;
}

/** Share of what is accepted that is wrong, and share that is accepted: of documents, and of the values of all paths. */
export interface Truth {
  readonly risk: number;
  readonly coverage: number;
  readonly pooled: { readonly risk: number; readonly coverage: number };
}

interface Sender {
  readonly weight: number;
  /** Own difficulty by path, standard normal. */
  readonly hardness: readonly number[];
}

/** Known senders are that much easier to read, in log-odds. */
const easier = 0.5;
const ranks = 200;
const hardnessGrid = Array.from({ length: 61 }, (_, at) => (at - 30) / 10);

/** Running means of the error up to each rank, by hardness. */
export function tablesOf(world: World): (hardness: number, shift: number) => Float64Array {
  const known = new Map<string, Float64Array>();
  return (hardness, shift) => {
    const rounded = Math.max(-3, Math.min(3, Math.round(hardness * 10) / 10));
    const key = `${rounded} ${shift}`;
    const table = known.get(key) ?? cumulative((rank) => errorAt(world, rank, rounded, shift));
    known.set(key, table);
    return table;
  };
}

function errorAt(world: World, rank: number, hardness: number, shift: number): number {
  if (world.spread === 0 && shift === 0) return world.error(rank);
  return sigmoid(logit(world.error(rank)) - world.spread + world.spread * hardness - shift);
}

function cumulative(error: (rank: number) => number): Float64Array {
  const table = new Float64Array(ranks + 1);
  for (let at = 0; at < ranks; at += 1) table[at + 1] = (table[at] ?? 0) + error((at + 0.5) / ranks) / ranks;
  return table;
}

export function draw(world: World, tables: ReturnType<typeof tablesOf>, documents: number, seed: number): Draw {
  const random = seeded(hash32(`${world.name} ${documents}`, seed));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const senders: Sender[] = Array.from({ length: documents }, () => ({
    weight: (1 - random()) ** -1.2,
    hardness: world.alike ? Array<number>(paths.length).fill(normal()) : paths.map(normal),
  }));
  const pick = picker(senders, random);
  const sent = Array.from({ length: documents }, pick);
  const counts = new Map<number, number>();
  for (const sender of sent) counts.set(sender, (counts.get(sender) ?? 0) + 1);
  const rows = sent.flatMap((sender, at) => {
    const met: readonly Population[] = (counts.get(sender) ?? 0) > 1 ? ["new", "known"] : ["new"];
    const answered = (of: number) => {
      const hardness = Math.max(-3, Math.min(3, Math.round((senders[sender]?.hardness[of] ?? 0) * 10) / 10));
      return met.map((population) => {
        const rank = random();
        const right = random() >= errorAt(world, rank, hardness, population === "known" ? easier : 0);
        return { example: String(at), population, value: "", confidence: world.confidence(rank), right };
      });
    };
    const first = answered(0);
    return paths.flatMap((path, of) => {
      const answers = of === 0 || world.alike ? first : answered(of);
      return answers.map(({ example, population, value, confidence, right }): OutOfFold => {
        return { example, path, population, value, confidence, right };
      });
    });
  });
  const parts = senders.map(({ weight, hardness }, at) => ({ weight, hardness, met: counts.has(at) }));
  return {
    rows,
    sourceOf: (example) => `sender ${sent[Number(example)]}`,
    truth: (scope, thresholdOf) => {
      const some = scope === "new" ? strangers : parts.filter(({ met }) => met || scope === "any");
      return truthOf(world, tables, some, thresholdOf);
    },
  };
}

function picker(senders: readonly Sender[], random: () => number): () => number {
  const ends: number[] = [];
  for (const { weight } of senders) ends.push((ends.at(-1) ?? 0) + weight);
  return () => {
    const at = random() * (ends.at(-1) ?? 0);
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

interface Coming extends Sender {
  readonly met: boolean;
}

/**
 * New senders are drawn from all there may be; the normal's weight on the grid stands for them. Their
 * paths are hard independently of each other.
 */
const strangers: readonly Coming[] = hardnessGrid.flatMap((one) =>
  hardnessGrid.map((other) => ({
    weight: Math.exp((-one * one - other * other) / 2),
    hardness: [one, other],
    met: false,
  })),
);

function truthOf(
  world: World,
  tables: ReturnType<typeof tablesOf>,
  senders: readonly Coming[],
  thresholdOf: ThresholdOf,
): Truth {
  const cutsOf = (met: boolean) =>
    paths.map((_, of) => {
      const threshold = thresholdOf(of, met);
      return threshold === "ignored" ? threshold : threshold === null ? 0 : cutAt(world, threshold);
    });
  const cuts = { known: cutsOf(true), new: cutsOf(false) };
  let [all, accepted, faultless] = [0, 0, 0];
  let [values, taken, wrong] = [0, 0, 0];
  for (const { weight, hardness, met } of senders) {
    let [covered, right] = [weight, weight];
    for (const [of, cut] of (met ? cuts.known : cuts.new).entries()) {
      if (cut === "ignored") continue;
      const error = meanUpTo(tables(hardness[of] ?? 0, met ? easier : 0), cut);
      values += weight;
      taken += weight * cut;
      wrong += weight * cut * error;
      // Values that are alike are one.
      if (of > 0 && world.alike) continue;
      covered *= cut;
      right *= cut * (1 - error);
    }
    all += weight;
    accepted += covered;
    faultless += right;
  }
  return {
    risk: accepted === 0 ? 0 : 1 - faultless / accepted,
    coverage: all === 0 ? 0 : accepted / all,
    pooled: { risk: taken === 0 ? 0 : wrong / taken, coverage: values === 0 ? 0 : taken / values },
  };
}

/** Share of answers at or above a threshold. */
function cutAt(world: World, threshold: number): number {
  let [low, high] = [0, 1];
  if (world.confidence(1) >= threshold) return 1;
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (world.confidence(middle) >= threshold) low = middle;
    else high = middle;
  }
  return low;
}

function meanUpTo(table: Float64Array, cut: number): number {
  const at = Math.min(ranks - 1, Math.floor(cut * ranks));
  const sum = (table[at] ?? 0) + (cut * ranks - at) * ((table[at + 1] ?? 0) - (table[at] ?? 0));
  return cut === 0 ? 0 : sum / cut;
}
