import type { Json } from "../../core/index.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import type { ReadingRecord } from "./memory.ts";
import type { Page } from "./places.ts";
import type { Vocabulary } from "./spelling.ts";
import { favourite, type Opinion, type Option } from "./reading.ts";

/** A decision about to be made, with everything that may speak for or against it. */
export interface Claim {
  readonly field: FieldSpec;
  readonly value: Json;
  /** The option chosen; undefined where nothing was found. */
  readonly option: Option | undefined;
  /** Likeliest first, the chosen one included. */
  readonly options: readonly Option[];
  readonly opinions: Readonly<Record<string, Opinion>>;
  readonly page: Page;
  /** How alike the most alike learned page is, 0..1. */
  readonly likeness: number;
  /** Share of the words at head and foot that learned pages have, 0..1. */
  readonly familiar: number;
  /** Words at head and foot of learned pages. */
  readonly words: Vocabulary;
  /** How well this path was read on the most alike learned pages, by readers that had not seen them. */
  readonly before: ReadingRecord;
  /** Values chosen for the other paths, by path. */
  readonly others: Readonly<Record<string, Json>>;
}

/** Something about a decision that may tell whether it is right, 0..1. Pure. */
export type Signal = (claim: Claim) => number;

/** Log-odds of a probability, from 0 (never) over 0.5 (even) to 1 (as good as sure). */
const odds = (probability: number) => {
  const clipped = Math.min(1 - 1e-4, Math.max(1e-4, probability));
  return 0.5 + Math.log(clipped / (1 - clipped)) / (2 * Math.log(1e4));
};

const has = (trait: string) => (claim: Claim) =>
  Number(claim.option?.places[0]?.candidate?.traits.includes(trait) ?? false);

/** Cues of a place that signals look at. */
export const signalCues = [
  "left~own",
  "above~own",
  "prior~own",
  "netPlusTax",
  "taxedNet",
  "taxOfNet",
  "cashLessChange",
  "known.near",
] as const;

const cue = (name: (typeof signalCues)[number]) => (claim: Claim) =>
  Math.min(1, Math.max(0, ...(claim.option?.places ?? []).map((place) => place.cues[name] ?? 0)));

const remembered = (name: string) => (claim: Claim) => Math.min(1, claim.option?.memory[name] ?? 0);

/** The built-in signals, by the name they have in a decision's evidence. */
const signals: Readonly<Record<string, Signal>> = {
  /** The fused probability, and how far it is ahead of the second value. */
  "ranker.probability": ({ option }) => option?.probability ?? 0,
  "ranker.margin": ({ options }) => Math.max(0, (options[0]?.probability ?? 0) - (options[1]?.probability ?? 0)),
  /** The same as log-odds, which tell 0.99 from 0.999. */
  "ranker.odds": ({ option }) => odds(option?.probability ?? 0),
  /** How evenly the rest is spread: one strong rival is worse than many weak ones. */
  "rival.probability": ({ options }) => options[1]?.probability ?? 0,
  "rival.odds": ({ options }) => odds(options[1]?.probability ?? 0),
  /** How many other values there are to choose from: 0 none, 1 thirty-one or more. */
  "page.rivals": ({ options }) => Math.min(1, Math.log2(Math.max(1, options.length)) / 5),
  /** At how many places the value stands. */
  "page.places": ({ option }) =>
    Math.min(1, (option?.places.filter((place) => place.candidate !== null).length ?? 0) / 4),
  /** How well the words beside it say what the field is called. */
  "label.fit": (claim) => Math.max(cue("left~own")(claim), cue("above~own")(claim), cue("prior~own")(claim)),
  checksum: has("checksum"),
  "date.ambiguous": has("ambiguous"),
  "date.short-year": has("short-year"),
  /** Amounts of the page add up to it. */
  "sum.agrees": (claim) => Math.max(cue("netPlusTax")(claim), cue("taxedNet")(claim), cue("taxOfNet")(claim)),
  "sum.spent": cue("cashLessChange"),
  /** Says that the page does not state it. */
  absent: ({ value }) => Number(value === null),
  /** How alike the most alike learned page is, and the most alike one with this very value. */
  "memory.likeness": ({ likeness }) => likeness,
  "memory.same": remembered("memory.same"),
  "memory.vote": remembered("memory.vote"),
  "memory.place": remembered("memory.place"),
  /** Seen in earlier documents, here printed with a letter or two that differ. */
  "memory.respelt": cue("known.near"),
  /** Pages like this one were read rightly, or wrongly, before. */
  "memory.read-right": ({ before }) => before.right,
  "memory.read-wrong": ({ before }) => before.wrong,
  /** Share of the page's words at head and foot that were learned from. */
  "page.familiar": ({ familiar }) => familiar,
  /** On a page like the learned ones, words of the value that none of them has: misread or misspelt, maybe. */
  "value.strange": ({ likeness, value, words: known }) => {
    const words = typeof value === "string" ? (value.toUpperCase().match(/\p{L}{3,}/gu) ?? []) : [];
    return words.length === 0 ? 0 : (likeness * words.filter((word) => !known.has(word)).length) / words.length;
  },
  /** A word of the value is a letter away from one that several learned pages have, and that itself none has. */
  "value.misspelt": ({ value, words }) =>
    Number(typeof value === "string" && (value.match(/\p{L}+/gu) ?? []).some((word) => words.meant(word) !== null)),
  /** Words in the file that nobody can see: somebody may mean to deceive. */
  "page.hidden": ({ page }) => Number(page.survey.layout.text.pages.some((one) => (one.hiddenWords ?? 0) > 0)),
};

/** What each reader thinks of the chosen value: its probability, its lead, and whether it would have chosen it too. */
function readerSignals({ option, opinions }: Claim): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  let agreeing = 0;
  for (const [name, opinion] of Object.entries(opinions)) {
    const probability = opinion.get(option?.key ?? "") ?? 0;
    const { key, margin } = favourite(opinion);
    const agrees = key !== null && key === option?.key;
    found[`${name}.probability`] = probability;
    found[`${name}.odds`] = odds(probability);
    found[`${name}.margin`] = agrees ? margin : 0;
    found[`${name}.agrees`] = Number(agrees);
    agreeing += Number(agrees);
  }
  found["readers.agree"] = agreeing / Math.max(1, Object.keys(opinions).length);
  return found;
}

/** All signals of a claim, rounded, those of the workflow itself included; one that gives no number counts as 0. */
export function signalsOf(claim: Claim, own: Readonly<Record<string, Signal>>): Readonly<Record<string, number>> {
  const all: Record<string, number> = { ...readerSignals(claim) };
  for (const [name, signal] of Object.entries({ ...signals, ...own })) all[name] = signal(claim);
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4] as const)
      .filter(([, value]) => value > 0),
  );
}
