import type { CallOptions, Model, TokenUse } from "../ports/index.ts";
import { absentWords, fieldPrompt, holdsPrompt, rolePrompt } from "./prompts.ts";
import { type Reading, readingsOf } from "./readings.ts";

export interface ChooseRequest {
  readonly document: string;
  /** What is to be chosen in plain words, e.g. "kind of document". */
  readonly label: string;
  /** The values as they would be said. */
  readonly values: readonly string[];
  /** Takes off what the model would say without the document; default false (docs/small-models.md says when it helps). */
  readonly prior?: boolean;
}

export interface Choosing {
  /** In the order of the values. */
  readonly readings: readonly Reading[];
  readonly tokens: TokenUse;
}

/** Labels that begin alike have to be told apart. */
const labelTokensMax = 16;

/** Chooses one of a set of values: each is scored as the answer, all in one pass over what they begin with. */
export async function choose(model: Model, request: ChooseRequest, options: CallOptions = {}): Promise<Choosing> {
  return scored(model, { ...request, ...fieldPrompt(request.label) }, options);
}

/**
 * The other way round: of a text on the page, which of the fields it is. Structurally another reading than
 * asking the document for the field, so that their agreement says something.
 */
export async function chooseRole(
  model: Model,
  request: { readonly document: string; readonly text: string; readonly labels: readonly string[] },
  options: CallOptions = {},
): Promise<Choosing> {
  const { document, text, labels } = request;
  return scored(model, { document, values: labels, ...rolePrompt(text) }, options);
}

/** Chooses between yes and no. @param absent whether the document may say neither */
export async function chooseWhether(
  model: Model,
  request: { readonly document: string; readonly label: string; readonly absent?: boolean },
  options: CallOptions = {},
): Promise<Choosing> {
  const { document, label, absent = false } = request;
  const values = ["yes", "no", ...(absent ? [absentWords] : [])];
  return scored(model, { document, values, ...holdsPrompt(label) }, options);
}

type Asked = Pick<ChooseRequest, "document" | "values" | "prior"> & {
  readonly question: string;
  readonly lead: string;
};

async function scored(model: Model, asked: Asked, options: CallOptions): Promise<Choosing> {
  const { document, question, lead, values, prior = false } = asked;
  const ask = (about: string) =>
    model.score(
      { document: about, question, lead, options: values, optionTokensMax: labelTokensMax, apart: true },
      options,
    );
  // First without the document: the model is left with the state of it.
  const empty = prior ? (await ask("")).scores.map(({ meanLogProb }) => meanLogProb) : [];
  const { scores, tokens } = await ask(document);
  return { readings: readingsOf(values, scores, empty), tokens };
}
