import { rulingScopes } from "../confidence/index.ts";
import { type Certificate, asWeirError } from "../core/index.ts";
import type { Audited, ProfileStats, Profiles, PromiseStats, Withdrawal } from "../ports/index.ts";
import { type Present, strangeness } from "./learned.ts";
import { countOf } from "./watch.ts";

/** What the profiles in use promise, path by path, and what has become of it since. */
export async function profileStats(profiles: Profiles, present: Present): Promise<readonly ProfileStats[]> {
  const all: ProfileStats[] = [];
  for (const { workflow, ref } of await profiles.list()) {
    try {
      const profile = await profiles.load(workflow, ref);
      const { risk, promise, certificates } = profile;
      const [withdrawn, audits] = [await profiles.withdrawals(workflow, ref), await profiles.audits(workflow, ref)];
      const asked = certificates.filter((one) => one.risk === risk && one.promise === promise);
      const byPath = Map.groupBy(asked, ({ path }) => path);
      const promises = asked.map((one) => {
        const rules = rulingScopes(byPath.get(one.path) ?? []).includes(one.population);
        return statsOf(one, rules, withdrawn, audits);
      });
      all.push({ workflow, ref, risk, promise, promises, strange: strangeness(profile, present), problem: null });
    } catch (error) {
      // One profile that is damaged hides nothing else.
      all.push({
        workflow,
        ref,
        risk: 0,
        promise: "certified",
        promises: [],
        strange: null,
        problem: asWeirError(error).info(),
      });
    }
  }
  return all;
}

function statsOf(
  { path, population, labels, threshold, bound, missing }: Certificate,
  rules: boolean,
  withdrawals: readonly Withdrawal[],
  audits: readonly Audited[],
): PromiseStats {
  const own = withdrawals.filter((one) => one.path === path);
  const gone = own.filter(
    ({ source, population: of }) => of === population || (source !== undefined && population === "any"),
  );
  const whole = gone.find((one) => one.source === undefined);
  return {
    path,
    population,
    rules,
    labels,
    threshold,
    bound,
    missing,
    withdrawn: whole?.reason ?? null,
    sourcesWithdrawn: gone.length - (whole ? 1 : 0),
    ...countOf(audits, path, population),
  };
}
