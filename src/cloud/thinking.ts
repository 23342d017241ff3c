/**
 * Models that think before they answer. What they think counts against the limit of an answer, and is billed;
 * most of them take no temperature.
 */
const thinking = {
  openai: /^(?:o\d|gpt-[5-9])/,
  anthropic: /^claude-[a-z]+-(?:[5-9]|\d\d)(?:-|$)/,
  google: /^gemini-(?:2\.5|[3-9])/,
} as const;

/** Room for it. An answer of ours is a dozen tokens. */
export const thinkingTokens = 2_000;

export function thinks(provider: keyof typeof thinking, model: string): boolean {
  return thinking[provider].test(model);
}
