import {
  LlamaGrammarEvaluationState,
  type ControlledEvaluateIndexOutput,
  type Llama,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import { WeirError } from "../../core/index.ts";
import type {
  QuoteRequest,
  QuoteResult,
  ScoreRequest,
  ScoreResult,
  WriteRequest,
  WriteResult,
} from "../../ports/index.ts";
import type { LoadPlan } from "../protocol.ts";
import { jsonSchemaToGbnf } from "./gbnf.ts";
import { logProbsOf } from "./logits.ts";
import { PromptTemplate } from "./prompt.ts";
import { type QuoteTokens, Quoting } from "./quoting.ts";
import { type Progress, Reading, type Turn } from "./reading.ts";
import { repeatsItself } from "./repetition.ts";
import { piecesOf } from "./source.ts";
import { StateFiles } from "./states.ts";
import { buildTrie, isUnknown, logProbOf, meanAtMost, nextPath, toldApart, type Trie, type TrieNode } from "./trie.ts";

/** Below this size one thread writes faster than two that wait for each other at every token. */
const smallModelBytes = 400_000_000;

/** Answers about one document after another; what was read stays until other tokens take its place. */
export class Decoder {
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #template: PromptTemplate;
  readonly #reading: Reading;

  private constructor(llama: Llama, model: LlamaModel, reading: Reading) {
    this.#llama = llama;
    this.#model = model;
    this.#template = new PromptTemplate(model);
    this.#reading = reading;
  }

  static async loadModel(llama: Llama, plan: LoadPlan, progress: Progress): Promise<LlamaModel> {
    return llama.loadModel({ modelPath: plan.path, onLoadProgress: (share) => progress(share, 1) });
  }

  /** A context of its own over a loaded model, with the plan's adapter. */
  static async open(
    llama: Llama,
    model: LlamaModel,
    { contextTokens, adapter, id, states }: LoadPlan,
  ): Promise<Decoder> {
    const context = await model.createContext({
      contextSize: contextTokens,
      // Otherwise models with a sliding window forget the document between two questions.
      swaFullCache: true,
      // Its results depend on how many tokens are read at once, by as much as 0.1 in a log-probability:
      // the same question would be answered differently after a restart, for a sixth more speed.
      flashAttention: false,
      ...(adapter === null ? {} : { lora: adapter.path }),
    });
    const files = states === null ? null : new StateFiles(states.folder, states.bytesMax);
    const stateOf = [id, adapter?.id ?? "", llama.llamaCppRelease.release, String(contextTokens)];
    return new Decoder(llama, model, new Reading(llama, context.getSequence(), files, stateOf));
  }

  /** Gives the memory of its context back. */
  async close(): Promise<void> {
    await this.#reading.sequence.context.dispose();
  }

  async score(request: Required<Omit<ScoreRequest, "adapter">>, turn: Turn): Promise<ScoreResult> {
    const { document, question, lead, optionTokensMax, apart, best } = request;
    const { tokens, keptTokens } = this.#template.prompt({ document, question });
    const prompt = [...tokens, ...this.#template.leadTokens(lead)];
    const whole = request.options.map((option) => this.#template.optionTokens(option, lead, optionTokensMax));
    const options = apart ? toldApart(whole) : whole;
    this.#wantRoom(prompt.length, Math.max(...options.map((option) => option.length)));
    const reused = await this.#reading.readDocument({ tokens: prompt, keptTokens }, turn);
    const trie = buildTrie(options);
    let answered = 0;
    for (let path = nextPath(trie, best); path !== null; path = nextPath(trie, best)) {
      turn.signal.throwIfAborted();
      answered += Math.min(path.length, await this.#follow(prompt, path, trie, turn));
    }
    const allowedMass = Math.min(1, sum([...trie.children.values()].map((node) => Math.exp(node.logProb))));
    return {
      scores: trie.paths.map((path) => {
        return { meanLogProb: meanAtMost(path), logProb: logProbOf(path), tokens: path.length, allowedMass };
      }),
      tokens: { prompt: prompt.length + answered, reused, generated: 0 },
    };
  }

  async quote(request: Required<Omit<QuoteRequest, "adapter">>, turn: Turn): Promise<QuoteResult> {
    const { document, question, lead, passages, quotesMax, quoteTokensMax } = request;
    const { tokens, keptTokens } = this.#template.prompt({ document, question });
    const prompt = [...tokens, ...this.#template.leadTokens(lead)];
    const quoting = new Quoting(piecesOf(passages), this.#quoteTokens(lead), this.#reading, turn);
    if (quoting.isEmpty) return { quotes: [], allowedMass: 0, tokens: { prompt: 0, reused: 0, generated: 0 } };
    this.#wantRoom(prompt.length, quoteTokensMax);
    const reused = await this.#reading.read({ tokens: prompt, keptTokens }, turn);
    const found = await quoting.ask(prompt.at(-1), { quotesMax, tokensMax: quoteTokensMax });
    const { quotes, allowedMass, evaluated } = found;
    return { quotes, allowedMass, tokens: { prompt: prompt.length + evaluated, reused, generated: 0 } };
  }

  #quoteTokens(lead: string): QuoteTokens {
    return {
      begins: (text) => (lead === "" ? this.#template.leadTokens(text) : this.#template.wordTokens(text)),
      follows: (text, spaced) => (spaced ? this.#template.wordTokens(text) : this.#template.leadTokens(text)),
      ends: this.#template.quoteEnds(),
    };
  }

  async write(request: WriteRequest, turn: Turn): Promise<WriteResult> {
    const { document, instruction, schema, tokensMax, history = [] } = request;
    const prompt = this.#template.prompt({ document, question: instruction, history });
    this.#wantRoom(prompt.tokens.length, tokensMax);
    const grammar = schema === null ? null : await this.#llama.createGrammar({ grammar: jsonSchemaToGbnf(schema) });
    const reused = await this.#reading.read(prompt, turn);
    this.#reading.useThreadsToWrite(this.#model.size < smallModelBytes);
    const written: Token[] = [];
    const tokens = this.#reading.sequence.evaluate(prompt.tokens.slice(-1), {
      temperature: 0,
      ...(grammar === null
        ? {}
        : { grammarEvaluationState: new LlamaGrammarEvaluationState({ model: this.#model, grammar }) }),
    });
    for await (const token of tokens) {
      turn.signal.throwIfAborted();
      written.push(token);
      turn.progress(written.length, tokensMax);
      if (written.length > tokensMax) throw this.#cutShort(`used all ${tokensMax} tokens and was not done`, written);
      if (repeatsItself(written)) throw this.#cutShort("began to repeat itself", written);
    }
    const text = this.#model.detokenize(written);
    return { text, tokens: { prompt: prompt.tokens.length, reused, generated: written.length } };
  }

  /** Learns what may follow each token on a way through the trie. @returns how many tokens that took */
  async #follow(
    prompt: readonly Token[],
    path: readonly TrieNode<Token>[],
    trie: Trie<Token>,
    turn: Turn,
  ): Promise<number> {
    const forks = [trie.children, ...path.map((node) => node.children)]
      .map((children, at) => [prompt.length - 1 + at, children] as const)
      .filter(([, children]) => [...children.values()].some(isUnknown));
    const asked = new Map(forks.map(([at, children]) => [at, [...children.keys()]] as const));
    const tokens = [...prompt, ...path.map((node) => node.token)];
    const { outputs, read } = await this.#reading.askAfter(tokens, asked, turn);
    for (const [at, children] of forks) learn(children, outputs.get(at));
    return read;
  }

  #wantRoom(promptTokens: number, answerTokens: number): void {
    const room = this.#reading.sequence.contextSize;
    if (promptTokens + answerTokens <= room) return;
    throw new WeirError(
      "model.context-overflow",
      `The text and the question take ${promptTokens} tokens and the answer up to ${answerTokens}; the model holds ${room}.`,
    );
  }

  #cutShort(how: string, written: Token[]): WeirError {
    const end = this.#model.detokenize(written.slice(-40)).slice(-40);
    return new WeirError("answer.cut-short", `The model ${how}: …${end}`);
  }
}

/** ln p(x) = logit(x) − largest logit − ln Σ exp(logit − largest); the greedy choice has the largest. */
function learn(nodes: ReadonlyMap<Token, TrieNode<Token>>, output: ControlledEvaluateIndexOutput | undefined): void {
  const logProbs = logProbsOf(output, nodes.keys());
  for (const node of nodes.values()) node.logProb = logProbs.get(node.token) ?? Number.NEGATIVE_INFINITY;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
