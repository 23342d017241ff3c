import { type DocumentText, type DraftData, type Population, type Profile, WeirError } from "../core/index.ts";
import { type Learned, type Profiles, type RunRecord, type State, profileRef } from "../ports/index.ts";
import type { DriftWatch } from "./drift.ts";
import { learnedFrom, populationIn, sourceOf, strangeness } from "./learned.ts";
import { draftOf } from "./state.ts";
import { withAudit } from "./watch.ts";

export interface RunProfileOptions {
  readonly profiles: Profiles | undefined;
  readonly drift: DriftWatch;
  readonly run: Pick<RunRecord, "id" | "profile" | "workflow" | "models" | "document">;
  readonly engineBuild: string;
}

/** What a run does with the profile it is pinned to. */
export class RunProfile {
  readonly #options: RunProfileOptions;
  /** The sender of the document the step in progress asked about, where it was learned from. */
  #source: number | null = null;
  /** Whether that sender is new; null before it is known. */
  #population: Population | null = null;
  #counted = false;

  constructor(options: RunProfileOptions) {
    this.#options = options;
  }

  /** Null: the run has none, or it holds nothing for the step. @throws WeirError `profile.*` */
  async learned(step: string, text: DocumentText): Promise<Learned | null> {
    const taught = await this.#taught();
    if (!taught) return null;
    const { profiles, profile } = taught;
    this.#source = sourceOf(profile, text);
    this.#population = populationIn(profile, text);
    const withdrawn = await profiles.withdrawals(profile.workflow.name, profileRef(profile));
    const learned = learnedFrom(profile, withdrawn, step, text);
    const { engineBuild, run } = this.#options;
    const isStrange = strangeness(profile, { engineBuild, models: run.models }) !== null;
    return learned && isStrange ? { ...learned, accepts: () => null } : learned;
  }

  /** The draft with a doubt on what belongs to the random share that a person checks. */
  async audited(draft: DraftData, step: string): Promise<DraftData> {
    const taught = await this.#taught();
    return taught ? withAudit(draft, this.#options.run.document.sha256, taught.profile, step) : draft;
  }

  /** Compares what a step decided with what the sender's other documents came to. */
  async watch(before: State, after: State, now: number): Promise<void> {
    const source = this.#source;
    this.#source = null;
    await this.#count(now);
    const draft = draftOf(after);
    const taught = source === null || !draft ? null : await this.#taught();
    if (source === null || !draft || !taught) return;
    const known = draftOf(before)?.decisions ?? {};
    const made = Object.entries(draft.decisions).filter(([path, decision]) => known[path] !== decision);
    await this.#options.drift.note(taught.profiles, taught.profile, source, Object.fromEntries(made), now);
  }

  /** Once a run, however many steps ask. */
  async #count(now: number): Promise<void> {
    const population = this.#population;
    if (population === null || this.#counted) return;
    this.#counted = true;
    const taught = await this.#taught();
    if (taught) await this.#options.drift.noteSender(taught.profiles, taught.profile, population, now);
  }

  async #taught(): Promise<{ readonly profiles: Profiles; readonly profile: Profile } | null> {
    const { profiles, run } = this.#options;
    if (run.profile === null) return null;
    if (!profiles)
      throw new WeirError("profile.unknown", `Run ${run.id} began with ${run.profile}, and none are kept here`);
    return { profiles, profile: await profiles.load(run.workflow.name, run.profile) };
  }
}
