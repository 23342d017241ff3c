import { type TokenPrice, type Worth, costNano } from "../ports/index.ts";

/** How often a stronger reader settles a doubted path, and how often it settles it wrongly. */
interface Outlook {
  readonly right: number;
  readonly wrong: number;
}

const outlooks = {
  /** A cloud model, where the right value is among the candidates. */
  candidates: { right: 0.9, wrong: 0.02 },
  /** … and where it is not, or there are none. */
  none: { right: 0.4, wrong: 0.05 },
  /** A larger local model: what it says is evidence, so that it settles little and nothing wrongly. */
  large: { right: 0.1, wrong: 0 },
} as const satisfies Record<string, Outlook>;

/** What asking about one path would take, and from what. */
export interface Ask {
  readonly path: string;
  /** Probability that a candidate it offers is right: calibrated where the field was learned. */
  readonly covered: number;
  /** Tokens of its own part of the question, and of the lines that only it needs. */
  readonly promptTokens: number;
  readonly answerTokens: number;
}

/**
 * What is expected of asking about a path, in billionths of the currency:
 *
 *     P(right) × what a person's look is worth − P(wrong) × what an error costs − price
 *
 * Both chances lie between those with the right value among the candidates and those without it, as far as it is
 * likely to be there. Nothing is asked that is expected to lose.
 */
export function expectedGainNano(ask: Ask, price: TokenPrice, worth: Worth): number {
  const paid = costNano(price, ask.promptTokens, ask.answerTokens);
  return gainNano(outlookAt(ask.covered), paid, worth);
}

function outlookAt(covered: number): Outlook {
  const between = (of: keyof Outlook) => covered * outlooks.candidates[of] + (1 - covered) * outlooks.none[of];
  return { right: between("right"), wrong: between("wrong") };
}

function gainNano({ right, wrong }: Outlook, paidNano: number, worth: Worth): number {
  return right * worth.reviewNano - wrong * worth.errorNano - paidNano;
}

/** Whether a larger local model is worth asking about a path, by the same rule: its price is its time. */
export function isWorthLarge(promptTokens: number, price: TokenPrice, worth: Worth): boolean {
  return gainNano(outlooks.large, costNano(price, promptTokens, 0), worth) > 0;
}

/** The paths that are worth asking about: each by itself, and together worth what the question costs anyway. */
export function worthAsking(
  asks: readonly Ask[],
  fixedPromptTokens: number,
  price: TokenPrice,
  worth: Worth,
): readonly string[] {
  const gains = asks.map((ask) => ({ path: ask.path, gain: expectedGainNano(ask, price, worth) }));
  const winning = gains.filter(({ gain }) => gain > 0);
  const total = winning.reduce((sum, { gain }) => sum + gain, 0);
  return total > costNano(price, fixedPromptTokens, 0) ? winning.map(({ path }) => path) : [];
}
