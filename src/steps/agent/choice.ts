import type { Action, DocumentText } from "../../core/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { fitDocument } from "../../slm/index.ts";
import type { Tool } from "./tool.ts";

/** What the language model may see of the document, in tokens. */
const documentTokensMax = 900;
/** Tokens of a label that are scored: labels that begin alike have to be told apart. */
const labelTokensMax = 12;
const question = "What is the next step?";
const lead = "The next step is to";

/** What the model made of the tools, and what it cost. */
export interface ModelChoice {
  readonly tool: Tool;
  readonly tokens: number;
}

/**
 * Lets the language model choose a tool by scoring what each is called as the next step. What it would say
 * about an empty page is taken off: a small model likes some labels better whatever stands there.
 */
export async function chooseByModel(
  offered: readonly [Tool, ...Tool[]],
  text: DocumentText,
  done: readonly Action[],
  context: StepContext,
): Promise<ModelChoice> {
  const options = offered.map(({ description }) => description);
  const ask = async (document: string) => {
    const request = { document, question, lead, options, optionTokensMax: labelTokensMax };
    const { scores, tokens } = await context.model.score(request, { signal: context.signal });
    context.count(tokens);
    return { scores: scores.map(({ meanLogProb }) => meanLogProb), tokens: tokens.prompt + tokens.generated };
  };
  const told = await ask(storyOf(text, done));
  const empty = await ask("");
  const gains = told.scores.map((score, at) => score - (empty.scores[at] ?? 0));
  const best = gains.indexOf(Math.max(...gains));
  return { tool: offered[best] ?? offered[0], tokens: told.tokens + empty.tokens };
}

/** The document, and below it what was done so far. */
function storyOf(text: DocumentText, done: readonly Action[]): string {
  const lines = text.pages.flatMap((page) => page.lines.map((line) => line.text.trim()));
  const steps = done.map(({ tool, arguments: values, outcome }) => {
    const given = Object.values(values).map(String).join(", ");
    return `Done: ${tool}${given === "" ? "" : ` ${given}`}: ${outcome?.status === "done" ? "answered" : "failed"}.`;
  });
  return [fitDocument(lines, documentTokensMax).text, ...steps].join("\n");
}
