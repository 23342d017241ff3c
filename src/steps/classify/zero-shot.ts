import type { Model } from "../../ports/index.ts";
import type { Message } from "../../candidates/index.ts";
import { type Choice, joined, nameText, textsOf } from "../../learning/choices/index.ts";
import type { Route } from "./routes.ts";

/** How much a difference of similarities is worth, untaught. */
const sharpness = 15;
const rankedMax = 5;

/**
 * Chooses without having learned: by how near the message is to what each route is called and said to
 * be. Nothing here is calibrated, so the caller gives no confidence.
 */
export async function chooseUntaught(
  model: Model,
  message: Message,
  routes: readonly Route[],
  signal: AbortSignal,
): Promise<Omit<Choice, "confidence">> {
  const texts = textsOf(message, 1);
  const vectors = await model.embed([...texts, ...routes.map(({ name, description }) => nameText(name, description))], {
    signal,
  });
  const own = joined(vectors.slice(0, texts.length));
  const similar = routes.map((_route, at) => cosine(own, vectors[texts.length + at]));
  const top = Math.max(...similar);
  const masses = similar.map((one) => Math.exp(sharpness * (one - top)));
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  const ranked = routes
    .map(({ name }, at) => ({ value: name, chance: round((masses[at] ?? 0) / all) }))
    .toSorted((a, b) => b.chance - a.chance);
  const [first, second] = ranked;
  return {
    value: first?.value ?? "",
    ranked: ranked.slice(0, rankedMax),
    evidence: {
      "choice.chance": first?.chance ?? 0,
      "choice.lead": round((first?.chance ?? 0) - (second?.chance ?? 0)),
      "choice.nearest": round(Math.max(0, top)),
    },
    nearest: [],
  };
}

const round = (value: number) => Math.round(value * 1e6) / 1e6;

function cosine(a: Float32Array, b: Float32Array | undefined): number {
  return b ? a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) : 0;
}
