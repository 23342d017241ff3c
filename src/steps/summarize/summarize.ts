import { z } from "zod";
import {
  type Decision,
  type Decisions,
  type Doubt,
  type DraftData,
  type Json,
  type Line,
  amend,
  emptyDraft,
  raise,
  spanOf,
} from "../../core/index.ts";
import type { Drafted, Learned, Pages, Step, StepContext } from "../../ports/index.ts";
import {
  type Sentence,
  type Summary,
  type SummaryModel,
  alignmentMin,
  mergeSummaries,
  partsOf,
  summarize as choose,
  titles,
  unpackSummary,
  uses,
} from "../../summary/index.ts";
import genericSummary from "../../summary/generic-summary.json" with { type: "json" };
import { learnToSummarize, sentencePath } from "./learn.ts";
import { type Written, writeSentences } from "./write.ts";

export interface SummarizeOptions {
  /** A second summarize in a workflow needs a name of its own. */
  readonly name?: string;
  /** Length at most, as a share of the record's; default 0.45. */
  readonly share?: number;
  /** Length at most in characters, however long the record is; default 20 000. */
  readonly charactersMax?: number;
  /**
   * Whether the language model puts sentences into a note's words: never (default), always, or where the
   * profile saw on labelled records that it comes nearer to people's notes. Each is checked like any other.
   */
  readonly write?: "never" | "earned" | "always";
}

/** Sections of sentences, in the order of the record. */
const Summarized = z.object({
  summary: z.array(z.object({ title: z.string(), sentences: z.array(z.string()) })),
});
export type Summarized = typeof Summarized;

/**
 * Summarises the record in its own words: sentences under titles, each with the lines it comes from and
 * checked against them. What its lines do not say is dropped and counted. Accepts nothing by itself: a
 * sentence waits for a person unless a certificate of the profile covers it.
 */
export function summarize<In extends Pages = Pages>(options: SummarizeOptions = {}): Step<In, Drafted<In, Summarized>> {
  const name = options.name ?? "summarize";
  const share = options.share ?? 0.45;
  const charactersMax = options.charactersMax ?? 20_000;
  const write = options.write ?? "never";
  return {
    name,
    kind: "extract",
    shape: { summarizes: { share, charactersMax, write } },
    schema: Summarized,
    // What a person wrote of the record is learned from and compared with as a whole.
    texts: { note: "summary" },
    escalate: false,
    learn: async (examples, context) => await learnToSummarize(examples, context, { share, write }),
    run: async (state, context) => {
      const text = await context.text(state);
      const learned = await context.learned(text);
      const lines = text.pages.flatMap((page) => page.lines);
      const summary = await summaryOf(lines, modelOf(learned), { share, charactersMax }, context);
      const writes = (write === "always" || (write === "earned" && earned(learned))) && !context.without.has("slm");
      const { sentences, refused } = writes
        ? await writeSentences(summary.sentences, lines, context)
        : { sentences: summary.sentences, refused: 0 };
      const decisions = decisionsOf({ ...summary, sentences }, lines, learned);
      const known: DraftData = "draft" in state ? (state as Pages & { draft: DraftData }).draft : emptyDraft;
      const doubts = [...doubtsOf(decisions, name), ...incomplete(state, decisions, name)];
      const draft = doubts.reduce(raise, amend(known, decisions));
      context.tell("summary.coverage", { ...coverageOf(summary), refused });
      // The stage exists for the compiler; `In` decides which draft this is.
      return { ...state, stage: "draft", draft } as unknown as Drafted<In, Summarized>;
    },
  };
}

interface Lengths {
  readonly share: number;
  readonly charactersMax: number;
}

/** Part by part: a record of hundreds of pages never stands in memory as more than its lines. */
async function summaryOf(
  lines: readonly Line[],
  model: SummaryModel,
  { share, charactersMax }: Lengths,
  { signal }: StepContext,
): Promise<Summary> {
  const parts = [];
  for (const part of partsOf(lines)) {
    signal.throwIfAborted();
    parts.push({ from: part.from, summary: choose(part.lines, model, { share, charactersMax }) });
    // Leases are renewed between parts.
    await new Promise((resolve) => void setImmediate(resolve));
  }
  return mergeSummaries(parts, charactersMax);
}

const generic = unpackSummary(genericSummary as unknown as Json);
/** Unpacking takes longer than summarising; a profile's lesson is the same object from run to run. */
const unpacked = new WeakMap<object, SummaryModel>();

function modelOf(learned: Learned | null): SummaryModel {
  const json = learned?.model ?? null;
  if (json === null || typeof json !== "object") return generic;
  const known = unpacked.get(json) ?? unpackSummary(json);
  unpacked.set(json, known);
  return known;
}

/** Whether the profile saw that writing is worth it. */
function earned(learned: Learned | null): boolean {
  const model = learned?.model ?? null;
  return model !== null && typeof model === "object" && "writes" in model && model["writes"] === true;
}

function decisionsOf(summary: Summary, lines: readonly Line[], learned: Learned | null): Decisions {
  const decisions: Record<string, Decision> = {};
  const sections = inOrder([...Map.groupBy(summary.sentences, ({ title }) => title)]);
  const evidence = shares(summary, lines);
  for (const [at, [title, sentences]] of sections.entries()) {
    // A title claims nothing: it says where a reader finds what.
    decisions[`summary.${at}.title`] = { ...undecided, value: title, status: "accepted", evidence };
    for (const [place, sentence] of sentences.entries()) {
      decisions[`summary.${at}.sentences.${place}`] = decisionOf(sentence, lines, learned);
    }
  }
  return decisions;
}

/** Titles of a note in their usual order; a record's own headings as they come. */
function inOrder<T>(sections: readonly (readonly [title: string, T])[]): readonly (readonly [title: string, T])[] {
  const usual: readonly string[] = titles;
  if (!sections.every(([title]) => usual.includes(title))) return sections;
  return sections.toSorted(([a], [b]) => usual.indexOf(a) - usual.indexOf(b));
}

const undecided: Omit<Decision, "value"> = {
  confidence: null,
  status: "review",
  by: "learned",
  source: [],
  alternatives: [],
  evidence: {},
};

function decisionOf(sentence: Sentence | Written, lines: readonly Line[], learned: Learned | null): Decision {
  const { text, confidence, chance, support, alignment, pieces } = sentence;
  const source = pieces.flatMap(({ line, start, end }) => {
    const found = lines[line];
    return found ? [spanOf(found, start, end)] : [];
  });
  const sure = confidence === null ? null : rounded(confidence);
  const certificate = sure === null ? null : (learned?.accepts(sentencePath, sure) ?? null);
  return {
    ...undecided,
    value: text,
    by: "written" in sentence && sentence.written ? "slm" : "learned",
    confidence: sure,
    status: certificate === null ? "review" : "accepted",
    source,
    evidence: {
      "summary.relevance": rounded(chance),
      "support.rules": rounded(support),
      "support.alignment": rounded(alignment),
      ...(certificate === null ? {} : { "certificate.risk": certificate.risk }),
    },
  };
}

const rounded = (value: number) => Math.round(value * 1e6) / 1e6;

/** What the second method does not find in the lines is doubted. */
function doubtsOf(decisions: Decisions, step: string): readonly Doubt[] {
  return Object.entries(decisions)
    .filter(([, { evidence }]) => (evidence["support.alignment"] ?? 1) < alignmentMin)
    .map(([path]) => ({
      code: "summary.unsupported",
      paths: [path],
      message: "its lines may not say this: check it against them",
      step,
    }));
}

function incomplete({ reading }: Pages, decisions: Decisions, step: string): readonly Doubt[] {
  if (reading.complete) return [];
  const message = "the record was not read whole: the summary may leave out what matters";
  return [{ code: "read.incomplete", paths: Object.keys(decisions), message, step }];
}

/** What holds for the whole: its length, how many lines it rests on, how much was dropped as unsupported. */
function shares({ coverage, sentences, dropped }: Summary, lines: readonly Line[]): Decision["evidence"] {
  const used = coverage.filter((use) => use === "used").length;
  const share = (some: number, all: number) => rounded(some / Math.max(1, all));
  const lengthOf = (texts: readonly { readonly text: string }[]) =>
    texts.reduce((sum, { text }) => sum + text.length + 1, 0);
  return {
    "summary.length": share(lengthOf(sentences), lengthOf(lines)),
    "summary.linesUsed": share(used, coverage.length),
    "summary.dropped": share(dropped.length, dropped.length + sentences.length),
  };
}

/** Every line by what became of it, for the run's record. */
function coverageOf({ coverage, dropped }: Summary): { readonly [key: string]: Json } {
  const lines = uses.map((use): [string, Json] => [
    use,
    rangesOf(coverage.flatMap((one, at) => (one === use ? [at + 1] : []))),
  ]);
  return {
    lines: Object.fromEntries(lines),
    dropped: dropped.map(({ text, problems }) => ({
      text,
      problems: problems.map(({ kind, what }) => `${kind}: ${what}`),
    })),
  };
}

/** [1,2,3,7] as "1-3, 7". */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}
