import type { ControlledEvaluateIndexOutput, ControlledEvaluateInputItem, Token } from "node-llama-cpp";
import { WeirError } from "../../core/index.ts";

/** A token to evaluate, with the question how likely each of `answers` would follow it. */
export function asking(token: Token | undefined, answers: Iterable<Token>): ControlledEvaluateInputItem {
  if (token === undefined) throw new WeirError("internal", "The prompt has no tokens.");
  const logits = { filter: { tokens: [...answers], includeSelected: true } };
  return [token, { generateNext: { token: true, logits, totalLogitWeight: true, options: { temperature: 0 } } }];
}

/** ln p(x) = logit(x) − largest logit − ln Σ exp(logit − largest); the greedy choice has the largest. */
export function logProbsOf(
  output: ControlledEvaluateIndexOutput | undefined,
  answers: Iterable<Token>,
): ReadonlyMap<Token, number> {
  const { token, logits, totalLogitWeight } = output?.next ?? {};
  const largest = token === undefined || token === null ? undefined : logits?.get(token);
  if (logits === undefined || totalLogitWeight === undefined || largest === undefined) {
    throw new WeirError("model.load", "The model gives no probabilities.");
  }
  const all = Math.log(totalLogitWeight);
  // A damaged file may load all the same.
  if (!Number.isFinite(largest + all))
    throw new WeirError("model.load", "The model computes nothing: its weights are damaged.");
  return new Map(
    [...answers].map((answer) => [answer, (logits.get(answer) ?? Number.NEGATIVE_INFINITY) - largest - all]),
  );
}
