import { type SourceIndex, acceptance, populationOf } from "../confidence/index.ts";
import { type DocumentText, type Population, type Profile, WeirError } from "../core/index.ts";
import type { Learned, Profiles, RunRecord, Withdrawal } from "../ports/index.ts";
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

/** What the run's profile holds for a step and a document; null where it holds nothing. */
export async function learnedFor(
  profiles: Profiles | undefined,
  run: Pick<RunRecord, "profile" | "workflow">,
  step: string,
  text: DocumentText,
): Promise<Learned | null> {
  if (run.profile === null || !profiles) return null;
  const profile = await profiles.load(run.workflow.name, run.profile);
  return learnedFrom(profile, await profiles.withdrawals(run.workflow.name, run.profile), step, text);
}

export function learnedFrom(
  profile: Profile,
  withdrawn: readonly Withdrawal[],
  step: string,
  text: DocumentText,
): Learned | null {
  const model = profile.steps[step];
  if (model === undefined) return null;
  const population = populationIn(profile, text);
  const standing = profile.certificates.filter(
    (one) => !withdrawn.some((gone) => gone.path === one.path && gone.population === one.population),
  );
  const { promise, risk } = profile;
  return { model, accepts: acceptance(standing, { promise, risk, population }) };
}

/** Whether the document's sender was learned from. @throws WeirError `profile.damaged` */
function populationIn(profile: Profile, text: DocumentText): Population {
  const { sources } = profile;
  const isIndex = sources !== null && typeof sources === "object" && "schema" in sources;
  if (isIndex && sources["schema"] === "weir.sources/1") return populationOf(sources as SourceIndex, text);
  throw new WeirError(
    "profile.damaged",
    `The profile ${profile.name}@${profile.version} does not say who was learned from`,
  );
}
