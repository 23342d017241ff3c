import type { Token } from "node-llama-cpp";
import type { Quote } from "../../ports/index.ts";
import { asking, logProbsOf } from "./logits.ts";
import type { Reading, Turn } from "./reading.ts";
import type { Piece } from "./source.ts";

/** How pieces of the passages are cut into tokens. */
export interface QuoteTokens {
  /** Of a piece that begins the answer. */
  readonly begins: (text: string) => readonly Token[];
  /** Of a piece after another one. */
  readonly follows: (text: string, spaced: boolean) => readonly Token[];
  /** What the model says once an answer is complete. */
  readonly ends: readonly Token[];
}

export interface QuoteLimits {
  readonly quotesMax: number;
  readonly tokensMax: number;
}

/** One place of the passages that all tokens so far may have come from. */
interface Place {
  /** Pieces, by their indexes. */
  readonly first: number;
  readonly piece: number;
  /** The tokens of the piece, and how many of them were said. */
  readonly tokens: readonly Token[];
  readonly said: number;
}

type Places = readonly Place[];

/** A quote under way: what was said, and every place where it stands. */
interface Walk {
  readonly places: Places;
  readonly logProb: number;
  readonly said: number;
}

/** Where a walk may end or go on. */
interface Fork {
  readonly here: Walk;
  /** ln p of an end. */
  readonly end: number;
  /** The likeliest way on; null where there is none. */
  readonly next: { readonly token: Token; readonly places: Places; readonly logProb: number } | null;
}

/**
 * Quotes out of passages: after every token only those may follow that follow at a place where all tokens so
 * far stand, so that whatever is said is on the page. It ends where the model rather ends than goes on.
 */
export class Quoting {
  readonly #pieces: readonly Piece[];
  readonly #cut: QuoteTokens;
  readonly #reading: Reading;
  readonly #turn: Turn;
  readonly #known = new Map<string, readonly Token[]>();
  readonly #beginnings: ReadonlyMap<Token, Places>;
  #evaluated = 0;

  constructor(pieces: readonly Piece[], cut: QuoteTokens, reading: Reading, turn: Turn) {
    this.#pieces = pieces;
    this.#cut = cut;
    this.#reading = reading;
    this.#turn = turn;
    this.#beginnings = byNextToken(pieces.flatMap((piece, at) => (piece.opens ? [this.#placeAt(at, at)] : [])));
  }

  /** Whether there is nothing to quote. */
  get isEmpty(): boolean {
    return this.#beginnings.size === 0;
  }

  /** @param last the last token of the prompt, not evaluated yet */
  async ask(last: Token | undefined, { quotesMax, tokensMax }: QuoteLimits) {
    const [first] = await this.#reading.ask([asking(last, this.#beginnings.keys())]);
    const logProbs = logProbsOf(first, this.#beginnings.keys());
    const begins = [...logProbs].toSorted(([, a], [, b]) => b - a).slice(0, quotesMax);
    const quotes: Quote[] = [];
    for (const [token, logProb] of begins) {
      const start = this.#reading.sequence.nextTokenIndex;
      const walk = { places: advanced(this.#beginnings.get(token) ?? []), logProb, said: 1 };
      const quote = await this.#follow(token, walk, tokensMax);
      if (quote !== null) quotes.push(quote);
      await this.#reading.rewind(start);
    }
    const mass = [...logProbs.values()].reduce((sum, one) => sum + Math.exp(one), 0);
    return {
      quotes: quotes.toSorted((a, b) => b.meanLogProb - a.meanLogProb),
      allowedMass: Math.min(1, mass),
      evaluated: this.#evaluated,
    };
  }

  /** Goes on from a first token to an end; null where the limit comes before any. */
  async #follow(token: Token, begun: Walk, tokensMax: number): Promise<Quote | null> {
    let complete: Quote | null = null;
    let [last, walk] = [token, begun];
    for (;;) {
      const fork = await this.#toFork(last, walk, tokensMax);
      const { here, end, next } = fork;
      const ended = this.#ended(here, end);
      if (ended !== null && (next === null || end >= next.logProb)) return ended;
      complete = ended ?? complete;
      if (next === null) return complete;
      const { token: on, places, logProb } = next;
      [last, walk] = [on, { places, logProb: here.logProb + logProb, said: here.said + 1 }];
    }
  }

  /** Evaluates the last token and all that must follow it, up to where the model has a choice. */
  async #toFork(last: Token, walk: Walk, tokensMax: number): Promise<Fork> {
    this.#turn.signal.throwIfAborted();
    const forced = this.#forced(walk.places, tokensMax - walk.said);
    const steps = [{ token: last, places: walk.places }, ...forced];
    const places = steps.at(-1)?.places ?? [];
    const next = this.#next(places);
    const ends = this.#cut.ends.filter((end) => !next.has(end));
    const choices = [...next.keys(), ...ends];
    const answers = steps.map((_, at) =>
      at < forced.length ? forced.slice(at, at + 1).map((one) => one.token) : choices,
    );
    const outputs = await this.#reading.ask(steps.map((step, at) => asking(step.token, answers[at] ?? [])));
    this.#evaluated += steps.length;
    this.#turn.progress(walk.said, tokensMax);
    const known = steps.map((_, at) => logProbsOf(outputs[at], answers[at] ?? []));
    const said = walk.said + forced.length;
    const logProb = forced.reduce((sum, one, at) => sum + (known[at]?.get(one.token) ?? 0), walk.logProb);
    const here = { places, logProb, said };
    const logOf = (token: Token) => known.at(-1)?.get(token) ?? Number.NEGATIVE_INFINITY;
    const [best] = said < tokensMax ? [...next].toSorted(([a], [b]) => logOf(b) - logOf(a)) : [];
    return {
      here,
      end: Math.log(ends.reduce((sum, token) => sum + Math.exp(logOf(token)), 0)),
      next: best === undefined ? null : { token: best[0], places: best[1], logProb: logOf(best[0]) },
    };
  }

  /** The tokens that follow without any choice. */
  #forced(from: Places, most: number): readonly { readonly token: Token; readonly places: Places }[] {
    const steps: { token: Token; places: Places }[] = [];
    for (let places = from; steps.length < most;) {
      const [only, ...others] = this.#next(places);
      if (only === undefined || others.length > 0 || places.some((place) => this.#mayEnd(place))) break;
      steps.push({ token: only[0], places: only[1] });
      places = only[1];
    }
    return steps;
  }

  #next(places: Places): ReadonlyMap<Token, Places> {
    const open = places.flatMap((place): Places => {
      if (place.said < place.tokens.length) return [place];
      const after = place.piece + 1;
      return this.#pieces[after]?.goesOn === true ? [this.#placeAt(place.first, after)] : [];
    });
    return new Map([...byNextToken(open)].map(([token, own]) => [token, advanced(own)]));
  }

  #placeAt(first: number, piece: number): Place {
    const { text = "", spaced = false } = this.#pieces[piece] ?? {};
    const kind = first === piece ? "begins" : spaced ? "spaced" : "glued";
    const key = `${kind} ${text}`;
    const cut = () => (kind === "begins" ? this.#cut.begins(text) : this.#cut.follows(text, spaced));
    const tokens = this.#known.get(key) ?? cut();
    this.#known.set(key, tokens);
    return { first, piece, tokens, said: 0 };
  }

  #mayEnd({ piece, said, tokens }: Place): boolean {
    return said === tokens.length && this.#pieces[piece]?.closes === true;
  }

  /** The quote as it stands first. @param end ln p of an end here */
  #ended({ places, logProb, said }: Walk, end: number): Quote | null {
    const place = places.find((one) => this.#mayEnd(one));
    const [from, to] = [this.#pieces[place?.first ?? -1], this.#pieces[place?.piece ?? -1]];
    if (from === undefined || to === undefined) return null;
    const [all, tokens] = [logProb + Math.max(end, endLeast), said + 1];
    return { passage: from.passage, start: from.start, end: to.end, logProb: all, meanLogProb: all / tokens, tokens };
  }
}

/** ln p of an end that the model would never say: a quote that the passage ends is not impossible. */
const endLeast = -20;

function byNextToken(places: Places): ReadonlyMap<Token, Places> {
  const found = new Map<Token, Place[]>();
  for (const place of places) {
    const token = place.tokens[place.said];
    if (token === undefined) continue;
    const own = found.get(token);
    if (own === undefined) found.set(token, [place]);
    else own.push(place);
  }
  return found;
}

function advanced(places: Places): Places {
  return places.map((place) => ({ ...place, said: place.said + 1 }));
}
