import type { DocumentText, DraftData, JsonObject } from "../core/index.ts";
import { disguise } from "../disclosure/index.ts";
import type { Disclosure, NarrowedEscalation, Schema, TokenPrice } from "../ports/index.ts";
import { type Choice, type ChoicesOf, choicesOf, surelyCovered } from "./choices.ts";
import { type DoubtedPath, doubtedPaths } from "./doubted.ts";
import { worthAsking } from "./gain.ts";
import type { CloudPolicy } from "./policy.ts";
import { Lines, placeOf, tokensOf } from "./window.ts";
import { answerSchema, instructionFor, wordingOf } from "./wording.ts";

/** What is asked, and what is needed to read the answer. */
export interface Question {
  readonly paths: readonly string[];
  readonly instruction: string;
  readonly text: string;
  readonly schema: JsonObject;
  readonly answerTokensMax: number;
  /** In the order of the questions. */
  readonly slots: readonly Slot[];
  /** Originals for the stand-ins of a text that came back. */
  readonly reveal: (text: string) => string;
  /** Places of the lines that left, "page:line". */
  readonly places: ReadonlySet<string>;
}

export interface Slot {
  readonly path: string;
  readonly field: ChoicesOf["field"];
  readonly choices: readonly Choice[];
  /** The same as they stand in the question. */
  readonly shown: readonly string[];
}

/** Why paths were not asked about, to be said on them. */
export interface NotAsked {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface Planned {
  readonly question: Question | null;
  readonly notAsked: readonly NotAsked[];
}

export interface PlanInput {
  readonly draft: DraftData;
  readonly schema: Schema;
  readonly text: DocumentText;
  readonly policy: CloudPolicy;
  readonly narrowed: NarrowedEscalation;
  readonly price: TokenPrice;
  /** Stays here: stand-ins could be made again with it. */
  readonly seed: string;
}

/** Whether what is right may have to be copied: labels are only chosen, and so is what is surely offered. */
function mayBeCopied({ choices, covered }: ChoicesOf): boolean {
  if (choices.length === 0) return true;
  return choices.some(({ spans }) => spans.length > 0) && (covered ?? 0) < surelyCovered;
}

/** Lines sent for a path that cannot be pointed at: what a document is about stands at its beginning. */
const openingTokens = 500;
const answerTokensEach = 3;
/** A quote may be an address. */
const answerTokensSpare = 120;

/** The smallest question about the doubted paths that are worth it; null: there is nothing to ask. */
export function planQuestion(input: PlanInput): Planned {
  const { draft, schema, text, policy, narrowed, price } = input;
  const doubted = doubtedPaths(draft, policy.disclose, narrowed);
  if (doubted.length === 0) return { question: null, notAsked: [] };
  const lines = new Lines(text);
  const offered = choicesOf(
    doubted.map(({ path }) => path),
    draft,
    schema,
    text,
  );
  const notAsked = offered.flatMap(({ path, choices }) => silenced(path, choices, lines));
  const open = offered
    .filter(({ path }) => !notAsked.some((one) => one.path === path))
    .map(({ path, field, choices, covered }) => {
      return { path, field, choices, covered, window: windowFor({ path, choices }, lines, doubted) };
    });
  const asks = open.map(({ path, choices, covered, window }) => ({
    path,
    covered: covered ?? Number(choices.length > 0),
    promptTokens:
      lines.at(window).reduce((sum, line) => sum + tokensOf(line.text), 0) +
      choices.reduce((sum, one) => sum + tokensOf(one.text) + 2, 15),
    answerTokens: answerTokensEach,
  }));
  const fixed = instructionFor({ copies: open.some(mayBeCopied), isHidden: true }) + JSON.stringify(answerSchema);
  const wanted = new Set(worthAsking(asks, tokensOf(fixed), price, policy.worth));
  const chosen = open.filter(({ path }) => wanted.has(path));
  return { question: chosen.length === 0 ? null : questionOf(chosen, lines, doubted, input.seed), notAsked };
}

/** A value on a line that speaks to machines is no candidate, and its path is nobody's but a person's. */
function silenced(path: string, choices: readonly Choice[], lines: Lines): readonly NotAsked[] {
  if (!choices.some(({ spans }) => lines.isSilenced(spans))) return [];
  const message = `${path}: a line of the document gives orders to the machine that reads it`;
  return [{ path, code: "document.instructs", message }];
}

interface Open extends ChoicesOf {
  readonly window: ReadonlySet<number>;
}

function windowFor(
  { path, choices }: Pick<ChoicesOf, "path" | "choices">,
  lines: Lines,
  doubted: readonly DoubtedPath[],
): ReadonlySet<number> {
  if (disclosureOf(path, doubted) === "document") return lines.whole();
  const spans = choices.flatMap((one) => one.spans);
  return spans.length > 0 ? lines.around(spans) : lines.first(openingTokens);
}

function disclosureOf(path: string, doubted: readonly DoubtedPath[]): Disclosure {
  return doubted.find((one) => one.path === path)?.disclose ?? "nothing";
}

function questionOf(open: readonly Open[], lines: Lines, doubted: readonly DoubtedPath[], seed: string): Question {
  const window = lines.at(new Set(open.flatMap((one) => [...one.window])));
  // One path that must not be shown in the clear keeps all lines from being shown so.
  const inClear = open.every(({ path }) => disclosureOf(path, doubted) !== "surrogates");
  const { hide, reveal } = inClear
    ? plainly
    : disguise(
        lines.all.map((line) => line.text),
        seed,
      );
  const worded = open.map(({ path, field, choices }) => ({ title: titleOf(path, field, choices), choices }));
  const { text, candidates } = wordingOf(worded, window, hide);
  return {
    paths: open.map(({ path }) => path),
    instruction: instructionFor({ copies: open.some(mayBeCopied), isHidden: !inClear }),
    text,
    schema: answerSchema,
    answerTokensMax: open.length * answerTokensEach + answerTokensSpare,
    slots: open.map(({ path, field, choices }, at) => ({ path, field, choices, shown: candidates[at] ?? [] })),
    reveal,
    places: new Set(window.map(placeOf)),
  };
}

const plainly = { hide: (text: string) => text, reveal: (text: string) => text };

/** What is asked for. A description that has the path's last word says it alone; candidates show what kind of value it is. */
function titleOf(path: string, { description, type }: ChoicesOf["field"], choices: readonly Choice[]): string {
  const name = path.split(".").at(-1)?.toLowerCase() ?? "";
  const named = description.toLowerCase().includes(name) ? description : [path, description].filter(Boolean).join(": ");
  return `${named}${choices.length > 0 ? "" : ` (${type})`}`;
}
