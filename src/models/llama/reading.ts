import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  Llama,
  LlamaContextSequence,
  Token,
} from "node-llama-cpp";
import { ThreadGovernor } from "./governor.ts";
import { asking } from "./logits.ts";
import { type StateFiles, stateKey } from "./states.ts";

/** Told after each part of a call: tokens done, and how many it will be as far as that is known. */
export type Progress = (done: number, total: number) => void;

export interface Turn {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface ReadPrompt {
  readonly tokens: readonly Token[];
  /** How many of its first tokens are the same whatever is asked about the document. */
  readonly keptTokens: number;
}

export interface Answers {
  readonly outputs: ReadonlyMap<number, ControlledEvaluateIndexOutput | undefined>;
  readonly read: number;
}

/** Tokens of a question that are read in one go. */
const askedMax = 96;

/** Fewer tokens are read again in less time than a file takes. */
const savedMin = 64;

/**
 * What one sequence of the model has read. Tokens are never read one by one, because llama.cpp computes
 * single ones another way than several, with slightly other results: whether a document was in the state
 * already, came from a file or was read anew makes no difference to an answer.
 */
export class Reading {
  readonly sequence: LlamaContextSequence;
  readonly #llama: Llama;
  readonly #governor: ThreadGovernor;
  readonly #files: StateFiles | null;
  readonly #model: readonly string[];

  /** @param model everything about the model that a state depends on */
  constructor(llama: Llama, sequence: LlamaContextSequence, files: StateFiles | null, model: readonly string[]) {
    this.sequence = sequence;
    this.#llama = llama;
    this.#governor = new ThreadGovernor(llama.maxThreads === 0 ? llama.cpuMathCores : llama.maxThreads);
    this.#files = files;
    this.#model = model;
  }

  /** Brings the state to the whole prompt but its last token. @returns how many tokens were there already */
  async read(prompt: ReadPrompt, turn: Turn): Promise<number> {
    const reused = await this.readDocument(prompt, turn);
    const ahead = prompt.tokens.slice(0, -1);
    await this.#evaluateUpTo(ahead, ahead.length, turn);
    return reused;
  }

  /** Brings the state to the document at least. @returns how many tokens of the prompt were there already */
  async readDocument({ tokens, keptTokens }: ReadPrompt, turn: Turn): Promise<number> {
    const ahead = tokens.slice(0, -1);
    const kept = ahead.slice(0, keptTokens);
    await this.#adapt(ahead);
    const reused = this.sequence.nextTokenIndex < kept.length ? await this.#load(kept) : this.sequence.nextTokenIndex;
    if (reused < kept.length) {
      await this.#evaluateUpTo(kept, tokens.length, turn);
      await this.#keep();
      if (kept.length - reused >= savedMin) await this.#save(kept);
    }
    return reused;
  }

  /**
   * Reads the tokens that are not in the state yet and asks what would follow some of them.
   * @param asked by index of a token: the answers whose logits are wanted
   * @returns what the model says, by the same indexes, and how many tokens were read
   */
  async askAfter(tokens: readonly Token[], asked: ReadonlyMap<number, readonly Token[]>, turn: Turn): Promise<Answers> {
    const first = Math.min(...asked.keys());
    const { needsCheckpoints } = this.sequence;
    await this.sequence.adaptStateToTokens(
      tokens.slice(0, Math.min(first, tokens.length - (needsCheckpoints ? 1 : 2))),
      false,
    );
    const before = this.sequence.nextTokenIndex;
    // What is long is read in parts, so that it can be cancelled.
    if (first - before > askedMax) await this.#evaluateUpTo(tokens.slice(0, first - 1), tokens.length, turn);
    const from = this.sequence.nextTokenIndex;
    const items = tokens.slice(from).map((token, at) => {
      const answers = asked.get(from + at);
      return answers === undefined ? token : asking(token, answers);
    });
    const outputs = await this.ask(items);
    turn.progress(tokens.length, tokens.length);
    return { outputs: new Map([...asked.keys()].map((at) => [at, outputs[at - from]])), read: tokens.length - before };
  }

  /** Evaluates what comes next, token by token as the items say. */
  async ask(items: ControlledEvaluateInputItem[]): Promise<(ControlledEvaluateIndexOutput | undefined)[]> {
    return this.#evaluate(items.length, () => this.sequence.controlledEvaluate(items));
  }

  /** Forgets what was read from there on. */
  async rewind(index: number): Promise<void> {
    await this.sequence.eraseContextTokenRanges([{ start: index, end: this.sequence.nextTokenIndex }]);
  }

  /** Threads for writing token by token. @param alone whether one thread is the faster */
  useThreadsToWrite(alone: boolean): void {
    this.#llama.maxThreads = alone ? 1 : this.#governor.next(1).threads;
  }

  /** Keeps the longest beginning that the state shares with these tokens. */
  async #adapt(tokens: readonly Token[]): Promise<void> {
    await this.sequence.adaptStateToTokens([...tokens], false);
    const { needsCheckpoints, nextTokenIndex } = this.sequence;
    if (tokens.length - nextTokenIndex === 1 && !needsCheckpoints) {
      await this.sequence.adaptStateToTokens(tokens.slice(0, -2), false);
    }
  }

  async #evaluateUpTo(tokens: readonly Token[], total: number, { signal, progress }: Turn): Promise<void> {
    for (let at = this.sequence.nextTokenIndex; at < tokens.length; at = this.sequence.nextTokenIndex) {
      signal.throwIfAborted();
      await this.#evaluate(tokens.length - at, (most) =>
        this.sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, at + most)),
      );
      progress(this.sequence.nextTokenIndex, total);
    }
  }

  /** Models whose state cannot be rewound go back to this point instead. */
  async #keep(): Promise<void> {
    if (this.sequence.needsCheckpoints) await this.sequence.takeCheckpoint();
  }

  async #load(kept: readonly Token[]): Promise<number> {
    if (this.#files === null || kept.length < savedMin) return this.sequence.nextTokenIndex;
    const loaded = await this.#files.load(stateKey(this.#model, kept), async (path) => {
      await this.sequence.loadStateFromFile(path, { acceptRisk: true });
      const { contextTokens } = this.sequence;
      const same = contextTokens.length === kept.length && contextTokens.every((token, at) => token === kept[at]);
      if (same) return this.#keep();
      await this.sequence.clearHistory();
      throw new Error("The state is another document's.");
    });
    if (!loaded) await this.#adapt(kept);
    return this.sequence.nextTokenIndex;
  }

  async #save(kept: readonly Token[]): Promise<void> {
    await this.#files?.save(stateKey(this.#model, kept), async (path) => {
      await this.sequence.saveStateToFile(path);
    });
  }

  /** Runs an evaluation on as many threads as pay at the moment. */
  async #evaluate<T>(waiting: number, work: (tokens: number) => Promise<T>): Promise<T> {
    const { threads, tokens } = this.#governor.next(waiting);
    this.#llama.maxThreads = threads;
    const depth = this.sequence.nextTokenIndex;
    const started = performance.now();
    const result = await work(tokens);
    this.#governor.record({ threads, tokens, depth, ms: performance.now() - started });
    return result;
  }
}
