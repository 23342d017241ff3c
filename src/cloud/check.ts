import { z } from "zod";
import { asWeirError } from "../core/index.ts";
import type { CloudConfig } from "./providers.ts";
import { providerOf } from "./providers.ts";
import { readFailure } from "./outcome.ts";

/** What keeps a configured cloud from being asked, as far as can be seen without asking it anything. */
export interface CloudCheck {
  /** `doubtful`: it may work all the same. */
  readonly state: "ok" | "doubtful" | "broken";
  readonly says: string;
  /** A command or what to do. */
  readonly mend: string | null;
}

const listings = z.union([
  z.object({ data: z.array(z.object({ id: z.string() })) }),
  z.object({ models: z.array(z.object({ name: z.string() })) }),
]);
/** Names shown where the one that was asked for is not among them. */
const shownMax = 5;

/**
 * Looks whether the provider's package is there, the key is set, the address answers and the model is
 * known: by asking for the list of models, never with a document.
 */
export async function checkCloud(
  config: CloudConfig,
  { send = fetch, timeoutMs = 10_000 }: { readonly send?: typeof fetch; readonly timeoutMs?: number } = {},
): Promise<CloudCheck> {
  const broken = (says: string, mend: string): CloudCheck => ({ state: "broken", says, mend });
  let chosen: ReturnType<typeof providerOf>;
  try {
    chosen = providerOf(config);
    await chosen.provider.create({ ...config, model: chosen.model, tokensMax: 1, fetch: send });
  } catch (error) {
    const { message, hint } = asWeirError(error);
    return broken(message, hint);
  }
  const { provider, model } = chosen;
  const listing = provider.models({ baseUrl: config.baseUrl, apiKey: config.apiKey });
  if (listing === null)
    return doubtful("installed; whether it knows the model and the keys shows with the first question");
  const host = new URL(listing.url).host;
  let response: Response;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    // Not followed: a key goes to the address that was configured and nowhere else.
    response = await send(listing.url, { headers: listing.headers, redirect: "manual", signal });
  } catch (error) {
    const own = "start it, or correct WEIR_CLOUD_BASE_URL";
    const mend = config.baseUrl === null ? "see whether this machine reaches it, through a proxy or none" : own;
    return broken(`${host} does not answer: ${reasonOf(error)}`, mend);
  }
  const text = await response.text().catch(() => "");
  if (response.status === 401 || response.status === 403) {
    return broken(`${host} does not take the key (HTTP ${response.status})`, "export WEIR_CLOUD_API_KEY=KEY");
  }
  if (response.status >= 300 && response.status < 400) {
    return broken(`${host} sends elsewhere (HTTP ${response.status})`, "correct WEIR_CLOUD_BASE_URL");
  }
  const names = response.ok ? namesIn(text) : null;
  if (names === null) {
    return doubtful(`${host} answers (HTTP ${response.status}), but not with a list of its models`);
  }
  if (names.includes(model)) return { state: "ok", says: `${host} answers and knows ${model}`, mend: null };
  const known = names.slice(0, shownMax).join(", ") + (names.length > shownMax ? ", …" : "");
  const says = `${host} answers, and ${model} is not among its models${known === "" ? "" : `: ${known}`}`;
  // A gateway may route names that it does not list.
  const [another] = names;
  return { state: "doubtful", says, mend: `export WEIR_CLOUD=${config.model.split(":")[0]}:${another ?? "MODEL"}` };
}

function doubtful(says: string): CloudCheck {
  return { state: "doubtful", says, mend: null };
}

function reasonOf(error: unknown): string {
  return readFailure(null, error, 0).problem.replace(/^sent, but /, "");
}

function namesIn(text: string): readonly string[] | null {
  try {
    const listed = listings.parse(JSON.parse(text));
    return "data" in listed
      ? listed.data.map(({ id }) => id)
      : listed.models.map(({ name }) => name.replace(/^models\//, ""));
  } catch {
    return null;
  }
}
