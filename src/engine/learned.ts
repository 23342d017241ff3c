import { type Mix, type SourceIndex, acceptance, layoutLikeness, populationOf, sourceIn } from "../confidence/index.ts";
import { type Certificate, type DocumentText, type Population, type Profile, WeirError } from "../core/index.ts";
import type { Learned, Profiles, Withdrawal } from "../ports/index.ts";
import { decidingHash } from "./deciding.ts";
import type { WorkflowDefinition } from "./definition.ts";

/** The profile that runs use where none is named. */
export const defaultProfile = "default";

/**
 * The profile a new run is pinned to, as "name@version".
 * @param asked a name, a name with its version, "none" or null for none; undefined: `default` where it was taught
 * @throws WeirError `profile.unknown`, `profile.damaged`, `profile.other-workflow`
 */
export async function pinProfile(
  profiles: Profiles | undefined,
  definition: WorkflowDefinition,
  asked: string | null | undefined,
): Promise<string | null> {
  if (asked === null || asked === "none") return null;
  const name = asked ?? defaultProfile;
  const known = async () => (await profiles?.current(definition.name, name)) ?? null;
  const ref = name.includes("@") ? name : await known();
  if (ref !== null && profiles) {
    assertOf(await profiles.load(definition.name, ref), definition);
    return ref;
  }
  if (asked === undefined) return null;
  throw new WeirError("profile.unknown", `The workflow ${definition.name} has no profile "${name}"`);
}

/** What a profile learned is of use only for what it was learned for. @throws WeirError `profile.other-workflow` */
function assertOf({ name, version, workflow }: Profile, definition: WorkflowDefinition): void {
  if (workflow.hash === decidingHash(definition)) return;
  throw new WeirError(
    "profile.other-workflow",
    `The profile ${name}@${version} was taught for a ${workflow.name} with other fields or deciding steps ` +
      "than the workflow has now",
  );
}

/** What a profile holds for a step and a document; null where it holds nothing for the step. */
export function learnedFrom(
  profile: Profile,
  withdrawn: readonly Withdrawal[],
  step: string,
  text: DocumentText,
): Learned | null {
  const model = profile.steps[step];
  if (model === undefined) return null;
  const { promise, risk } = profile;
  const population = populationIn(profile, text);
  const source = sourceOf(profile, text);
  const stands = (one: Certificate) => !withdrawn.some((gone) => falls(one, gone, source));
  return { model, accepts: acceptance(profile.certificates, { promise, risk, population }, stands) };
}

function falls(certificate: Certificate, gone: Withdrawal, source: number | null): boolean {
  if (gone.path !== certificate.path) return false;
  if (gone.source === undefined) return gone.population === certificate.population;
  return gone.source === source;
}

/** What runs a document now, beside what a profile was taught with. */
export interface Present {
  /** Version of the engine, with its build after a "+". */
  readonly engineBuild: string;
  /** File hashes by role; a role left out is not known. */
  readonly models: Readonly<Record<string, string>>;
}

/**
 * Why a profile's promises do not hold here: they were tried with another model or another Weir. Null: they do.
 * What was learned is used all the same.
 */
export function strangeness({ learned }: Profile, { engineBuild, models }: Present): string | null {
  const versionOf = (build: string) => build.split("+")[0];
  if (versionOf(learned.engine) !== versionOf(engineBuild)) {
    return `it was taught with Weir ${versionOf(learned.engine)}, this is ${versionOf(engineBuild)}`;
  }
  const other = Object.entries(learned.models).find(([role, { sha256 }]) => inUse(models, role, sha256) !== sha256);
  if (!other) return null;
  const [role, { name }] = other;
  return role === "large"
    ? `it was taught with the larger model ${name}, which WEIR_MODEL_LARGE does not name`
    : `it was taught with the ${role} ${name}, another one is in use`;
}

/** A model that is not known is taken for the one that was learned with; a larger one is there or is not. */
function inUse(models: Present["models"], role: string, learnedWith: string): string | null {
  return models[role] ?? (role === "large" && Object.keys(models).length > 0 ? null : learnedWith);
}

/** Below this a known sender's form is not the one that was learned. */
const sameForm = 0.3;

/**
 * Whether the document's sender was learned from. One that prints another form now is as good as new.
 * @throws WeirError `profile.damaged`
 */
export function populationIn(profile: Profile, text: DocumentText): Population {
  const index = indexOf(profile);
  return (layoutLikeness(index, text) ?? 1) < sameForm ? "new" : populationOf(index, text);
}

/** The number of the sender among those learned from; null for a new one. @throws WeirError `profile.damaged` */
export function sourceOf(profile: Profile, text: DocumentText): number | null {
  return sourceIn(indexOf(profile), text);
}

/** How many documents were learned from, and how many of them would have been of new senders. @throws WeirError `profile.damaged` */
export function learnedMix(profile: Profile): Mix {
  const { documents, once } = indexOf(profile);
  return { documents, fresh: once };
}

function indexOf({ sources, name, version }: Profile): SourceIndex {
  const isIndex = sources !== null && typeof sources === "object" && "schema" in sources;
  if (isIndex && sources["schema"] === "weir.sources/1") return sources as SourceIndex;
  throw new WeirError("profile.damaged", `The profile ${name}@${version} does not say who was learned from`);
}
