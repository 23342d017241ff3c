import type { DocumentText, Json, Reader, Span } from "../../core/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { fitDocument, point } from "../../slm/index.ts";
import type { Pointed } from "./candidates.ts";
import type { Tool } from "./tool.ts";

/** Arguments for one call, with who chose them. */
export interface ChosenArguments {
  readonly values: Readonly<Record<string, Json>>;
  readonly source: readonly Span[];
  readonly by: Reader;
  readonly tokens: number;
}

/** A rival that the page supports nearly as well leaves the choice open. */
const sureMargin = 0.2;
const optionsMax = 6;
const documentTokensMax = 900;

/**
 * Points at a value for each argument of a tool. Where the page says which one is meant nothing else is
 * asked; else the language model reads the candidates that stand equal.
 * @param left candidates that were not tried, best first, at least one an argument
 */
export async function chooseArguments(
  tool: Tool,
  left: ReadonlyMap<string, readonly Pointed[]>,
  text: DocumentText,
  context: StepContext,
): Promise<ChosenArguments> {
  const chosen: [string, Pointed, Reader, number][] = [];
  for (const [name, candidates] of left) {
    const rivals = rivalsOf(candidates);
    const [first] = rivals;
    if (!first) continue;
    if (rivals.length === 1 || tool.each === true || context.without.has("slm")) {
      chosen.push([name, first, "learned", 0]);
      continue;
    }
    const { best, tokens } = await asked(wordsFor(tool, name), rivals, text, context);
    chosen.push([name, best ?? first, "slm", tokens]);
  }
  return {
    values: Object.fromEntries(chosen.map(([name, { value }]) => [name, value])),
    source: chosen.flatMap(([, { spans }]) => spans.slice(0, 1)),
    by: chosen.some(([, , by]) => by === "slm") ? "slm" : "learned",
    tokens: chosen.reduce((sum, [, , , tokens]) => sum + tokens, 0),
  };
}

/** The best, and those that stand nearly equal. */
function rivalsOf(candidates: readonly Pointed[]): readonly Pointed[] {
  const best = candidates[0]?.score ?? 0;
  return candidates.filter(({ score }) => score > best - sureMargin).slice(0, optionsMax);
}

async function asked(label: string, rivals: readonly Pointed[], text: DocumentText, context: StepContext) {
  const lines = text.pages.flatMap((page) => page.lines);
  const places = new Set(rivals.flatMap(({ spans }) => spans.map(({ page, line }) => `${page}:${line}`)));
  const near = lines.flatMap(({ page, line }, at) => (places.has(`${page}:${line}`) ? [at] : []));
  const { text: document } = fitDocument(
    lines.map((line) => line.text.trim()),
    documentTokensMax,
    near,
  );
  const options = rivals.map(({ spans, value }) => spans[0]?.text ?? String(value));
  const { readings, tokens } = await point(context.model, { document, label, options }, { signal: context.signal });
  context.count(tokens);
  const at = readings.findIndex(({ rank }) => rank === 1);
  return { best: rivals[at], tokens: tokens.prompt + tokens.generated };
}

function wordsFor(tool: Tool, argument: string): string {
  const leaf = tool.arguments.shape[argument] as { readonly description?: string } | undefined;
  return leaf?.description ?? argument.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ").toLowerCase();
}
