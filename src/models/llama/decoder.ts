import {
  LlamaGrammarEvaluationState,
  type ControlledEvaluateIndexOutput,
  type ControlledEvaluateInputItem,
  type Llama,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import { WeirError, type JsonObject } from "../../core/index.ts";
import type { ScoreRequest, ScoreResult, WriteRequest, WriteResult } from "../../ports/index.ts";
import type { LoadPlan } from "../protocol.ts";
import { jsonSchemaToGbnf } from "./gbnf.ts";
import { ThreadGovernor } from "./governor.ts";
import { PromptTemplate } from "./prompt.ts";
import { buildTrie, chainFrom, meanLogProb, type TrieNode } from "./trie.ts";

/** Below this size one thread writes faster than two that wait for each other at every token. */
const smallModelBytes = 400_000_000;

/**
 * Answers about one document after another; what was read stays until other tokens take its place.
 * Whether it was there already makes no difference to an answer: tokens are never read one by one,
 * because llama.cpp computes single ones another way than several, with slightly other results.
 */
export class Decoder {
  readonly #llama: Llama;
  readonly #sequence: LlamaContextSequence;
  readonly #model: LlamaModel;
  readonly #template: PromptTemplate;
  readonly #governor: ThreadGovernor;

  private constructor(llama: Llama, model: LlamaModel, sequence: LlamaContextSequence) {
    this.#llama = llama;
    this.#model = model;
    this.#sequence = sequence;
    this.#template = new PromptTemplate(model);
    this.#governor = new ThreadGovernor(llama.maxThreads === 0 ? llama.cpuMathCores : llama.maxThreads);
  }

  static async load(llama: Llama, plan: LoadPlan): Promise<Decoder> {
    const model = await llama.loadModel({ modelPath: plan.path });
    const context = await model.createContext({
      contextSize: plan.contextTokens,
      // Otherwise models with a sliding window forget the document between two questions.
      swaFullCache: true,
      // Its results depend on how many tokens are read at once, by as much as 0.1 in a log-probability:
      // the same question would be answered differently after a restart, for a sixth more speed.
      flashAttention: false,
    });
    return new Decoder(llama, model, context.getSequence());
  }

  async score(request: Required<ScoreRequest>, signal: AbortSignal): Promise<ScoreResult> {
    const { document, question, lead, optionTokensMax } = request;
    const prompt = [...this.#template.tokens(document, question), ...this.#template.leadTokens(lead)];
    const options = request.options.map((option) => this.#template.optionTokens(option, lead, optionTokensMax));
    this.#wantRoom(prompt.length, Math.max(...options.map((tokens) => tokens.length)));
    const reused = await this.#read(prompt, signal);
    const trie = buildTrie(options);
    const [first] = await this.#ask([asking(prompt.at(-1), trie.children)]);
    learn(trie.children, first);
    let evaluated = 0;
    for (const child of trie.children.values()) evaluated += await this.#descend(child, signal);
    const allowedMass = Math.min(1, sum([...trie.children.values()].map((node) => Math.exp(node.logProb))));
    return {
      scores: trie.paths.map((path) => ({ meanLogProb: meanLogProb(path), allowedMass })),
      tokens: { prompt: prompt.length + evaluated, reused, generated: 0 },
    };
  }

  async write(request: WriteRequest, signal: AbortSignal): Promise<WriteResult> {
    const prompt = this.#template.tokens(request.document, request.instruction);
    this.#wantRoom(prompt.length, request.tokensMax);
    const grammar = await this.#llama.createGrammar({ grammar: jsonSchemaToGbnf(request.schema) });
    const reused = await this.#read(prompt, signal);
    const written: Token[] = [];
    const last = prompt.slice(-1);
    this.#llama.maxThreads = this.#model.size < smallModelBytes ? 1 : this.#governor.next(1).threads;
    const grammarEvaluationState = new LlamaGrammarEvaluationState({ model: this.#model, grammar });
    for await (const token of this.#sequence.evaluate(last, { temperature: 0, grammarEvaluationState })) {
      signal.throwIfAborted();
      written.push(token);
      if (written.length > request.tokensMax) throw cutShort(request, this.#model.detokenize(written));
    }
    const text = this.#model.detokenize(written);
    return { text, tokens: { prompt: prompt.length, reused, generated: written.length } };
  }

  /** Brings the state to the whole prompt but its last token. @returns how many tokens were there already */
  async #read(prompt: readonly Token[], signal: AbortSignal): Promise<number> {
    const ahead = prompt.slice(0, -1);
    await this.#sequence.adaptStateToTokens(ahead, false);
    if (ahead.length - this.#sequence.nextTokenIndex === 1) {
      await this.#sequence.adaptStateToTokens(ahead.slice(0, -2), false);
    }
    const reused = this.#sequence.nextTokenIndex;
    for (let at = reused; at < ahead.length; at = this.#sequence.nextTokenIndex) {
      signal.throwIfAborted();
      await this.#evaluate(ahead.length - at, (tokens) =>
        this.#sequence.evaluateWithoutGeneratingNewTokens(ahead.slice(at, at + tokens)),
      );
    }
    // Models whose state cannot be rewound go back to this point instead.
    if (this.#sequence.needsCheckpoints) await this.#sequence.takeCheckpoint();
    return reused;
  }

  /** Finds the probabilities below a node, leaving the state as it was. @returns how many tokens that took */
  async #descend(first: TrieNode<Token>, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const chain = chainFrom(first);
    const fork = chain.at(-1);
    if (fork === undefined) return 0;
    const start = this.#sequence.nextTokenIndex;
    const results = await this.#ask(chain.map((node) => asking(node.token, node.children)));
    chain.forEach((node, i) => learn(node.children, results[i]));
    let evaluated = chain.length;
    for (const child of fork.children.values()) evaluated += await this.#descend(child, signal);
    await this.#sequence.eraseContextTokenRanges([{ start, end: this.#sequence.nextTokenIndex }]);
    return evaluated;
  }

  async #ask(items: ControlledEvaluateInputItem[]): Promise<(ControlledEvaluateIndexOutput | undefined)[]> {
    return this.#evaluate(items.length, () => this.#sequence.controlledEvaluate(items));
  }

  /** Runs an evaluation on as many threads as pay at the moment. */
  async #evaluate<T>(waiting: number, work: (tokens: number) => Promise<T>): Promise<T> {
    const { threads, tokens } = this.#governor.next(waiting);
    this.#llama.maxThreads = threads;
    const started = performance.now();
    const result = await work(tokens);
    this.#governor.record({ threads, tokens, ms: performance.now() - started });
    return result;
  }

  #wantRoom(promptTokens: number, answerTokens: number): void {
    const room = this.#sequence.contextSize;
    if (promptTokens + answerTokens <= room) return;
    throw new WeirError(
      "model.context-overflow",
      `The text and the question take ${promptTokens} tokens and the answer up to ${answerTokens}; the model holds ${room}.`,
    );
  }
}

/** A token to evaluate, with the question which of `answers` would follow it. */
function asking(token: Token | undefined, answers: ReadonlyMap<Token, unknown>): ControlledEvaluateInputItem {
  if (token === undefined) throw new WeirError("internal", "The prompt has no tokens.");
  const logits = { filter: { tokens: [...answers.keys()], includeSelected: true } };
  return [token, { generateNext: { token: true, logits, totalLogitWeight: true, options: { temperature: 0 } } }];
}

/** ln p(x) = logit(x) − largest logit − ln Σ exp(logit − largest); the greedy choice has the largest. */
function learn(nodes: ReadonlyMap<Token, TrieNode<Token>>, output: ControlledEvaluateIndexOutput | undefined): void {
  const { token, logits, totalLogitWeight } = output?.next ?? {};
  const largest = token === undefined || token === null ? undefined : logits?.get(token);
  if (logits === undefined || totalLogitWeight === undefined || largest === undefined) {
    throw new WeirError("model.load", "The model gives no probabilities.");
  }
  for (const node of nodes.values()) {
    node.logProb = (logits.get(node.token) ?? Number.NEGATIVE_INFINITY) - largest - Math.log(totalLogitWeight);
  }
}

function cutShort(request: WriteRequest, text: string): WeirError {
  const schema: JsonObject = request.schema;
  const fields = Object.keys((schema["properties"] ?? {}) as JsonObject).length;
  return new WeirError(
    "answer.cut-short",
    `The model used all ${request.tokensMax} tokens on ${fields} fields and was not done: …${text.slice(-40)}`,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
