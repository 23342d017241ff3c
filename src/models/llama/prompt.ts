import {
  LlamaText,
  resolveChatWrapper,
  type ChatHistoryItem,
  type ChatWrapper,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import type { Said } from "../../ports/index.ts";
import type { ReadPrompt } from "./reading.ts";

/** Helps where no lead begins the answer (23 against 20 of 43 values on receipts); with a lead it makes no difference. */
const system = "You read documents and answer with exact words from the document.";

export interface Asked {
  readonly document: string;
  readonly question: string;
  /** What was said before, first to last. */
  readonly history?: readonly Said[];
}

/** Lays a document and a question out as one user's turn of the model's own chat template. */
export class PromptTemplate {
  readonly #model: LlamaModel;
  readonly #wrapper: ChatWrapper;

  constructor(model: LlamaModel) {
    this.#model = model;
    // Where a model thinks aloud first, it is asked not to: its answer must come at once.
    this.#wrapper = resolveChatWrapper(model, { customWrapperSettings: { qwen: { thoughts: "discourage" } } });
  }

  /**
   * Document first, so that its state can be kept for the next question. Both are plain text: what looks
   * like a control token in them is tokenised as the characters it is written with, and opens no turn.
   */
  prompt({ document, question, history = [] }: Asked): ReadPrompt {
    const tokens = this.#tokens(document, question, history);
    // What two questions share is the document, cut where a token of it may still join with what follows.
    const other = document === "" ? tokens : this.#tokens(document, "\u0001", history);
    const differs = other.findIndex((token, at) => token !== tokens[at]);
    return { tokens, keptTokens: document === "" || differs < 0 ? 0 : differs };
  }

  #tokens(document: string, question: string, history: readonly Said[]): Token[] {
    const text = document === "" ? question : `${document}\n\n${question}`;
    const said = history.map((one): ChatHistoryItem =>
      one.by === "model" ? { type: "model", response: [one.text] } : { type: one.by, text: one.text },
    );
    const begins: ChatHistoryItem[] = said[0]?.type === "system" ? [] : [{ type: "system", text: system }];
    const { contextText } = this.#wrapper.generateContextState({
      chatHistory: [...begins, ...said, { type: "user", text }, { type: "model", response: [""] }],
    });
    const tokens = LlamaText(contextText).tokenize(this.#model.tokenizer);
    const [first, second] = tokens;
    // Templates that write the beginning token themselves would have it twice.
    return first !== undefined && first === second && first === this.#model.tokens.bos ? tokens.slice(1) : tokens;
  }

  /** The beginning of an answer, continuing the prompt. */
  leadTokens(lead: string): Token[] {
    return this.#model.tokenize(lead, false, "trimLeadingSpace");
  }

  /** Of a text after a blank. */
  wordTokens(text: string): Token[] {
    return this.#model.tokenize(` ${text}`, false);
  }

  /** What the model may say once it has quoted all it wants to: a stop, the end of the line or of its turn. */
  quoteEnds(): Token[] {
    const { eot, eos } = this.#model.tokens;
    const stops = [".", ",", ";", "\n", ".\n"]
      .map((stop) => this.leadTokens(stop))
      .filter(({ length }) => length === 1);
    return [...new Set([...stops.flat(), ...[eot, eos].filter((token) => token !== null)])];
  }

  /**
   * An option's tokens, continuing prompt and lead, closed by what ends an answer: without the end
   * "12" could not be told from the beginning of "12.50".
   */
  optionTokens(option: string, lead: string, tokensMax: number): Token[] {
    const tokens = lead === "" ? this.leadTokens(option) : this.wordTokens(option);
    return [...tokens, ...this.#endTokens(lead)].slice(0, tokensMax);
  }

  /** A sentence that was begun ends with a stop, a bare answer with the turn. */
  #endTokens(lead: string): Token[] {
    if (lead !== "") return this.#model.tokenize(".", false, "trimLeadingSpace").slice(0, 1);
    const end = this.#model.tokens.eot ?? this.#model.tokens.eos;
    return end === null ? [] : [end];
  }
}
