import { certify, ruling, wholeDocument } from "../src/confidence/index.ts";
import type { Promised, Scope } from "../src/core/index.ts";
import { promises, scopes } from "../src/core/index.ts";
import { draw, paths, tablesOf, type World } from "./worlds.ts";

/** How often promises made from random draws of labels turn out false, in worlds whose truth is known. */

export interface Kept {
  readonly world: string;
  readonly documents: number;
  readonly promise: Promised;
  readonly risk: number;
  readonly population: Scope;
  /** "total", of `pooled` it stands for all; or "*" for whole documents. */
  readonly path: string;
  readonly draws: number;
  /** Share of draws in which the promise could be made. */
  readonly made: number;
  /** Mean share of documents to come that is accepted; draws without a promise count as 0. */
  readonly coverage: number;
  /** Share of draws in which the true error of what is accepted is above the risk. */
  readonly broken: number;
  /** Mean true error of what is accepted; draws without a promise count as 0. */
  readonly error: number;
}

export function tryPromises(world: World, documents: number, risks: readonly number[], draws: number): readonly Kept[] {
  const tables = tablesOf(world);
  const sums = new Map<string, { made: number; coverage: number; broken: number; error: number }>();
  const [first] = paths;
  for (let seed = 0; seed < draws; seed += 1) {
    const { rows, sourceOf, truth } = draw(world, tables, documents, seed);
    const certificates = certify(rows, { risk: risks[0] ?? 0.05, sourceOf });
    for (const { promise, risk, population, path, threshold } of certificates) {
      if (!risks.includes(risk) || (path !== wholeDocument && path !== first)) continue;
      const key = `${promise} ${risk} ${population} ${path}`;
      const sum = sums.get(key) ?? { made: 0, coverage: 0, broken: 0, error: 0 };
      sums.set(key, sum);
      if (threshold === null) continue;
      const own = certificates.filter((one) => one.promise === promise && one.risk === risk);
      // What is promised of all fields together is compared with the error of all of them.
      const isPooled = promise === "pooled" && path !== wholeDocument;
      const found = truth(population, (of, met) => {
        if (isPooled) return threshold;
        if (path !== wholeDocument) return of === 0 ? threshold : "ignored";
        const fields = own.filter((one) => one.path === paths[of]);
        return ruling(fields, met ? "known" : "new")?.threshold ?? null;
      });
      const { risk: error, coverage } = isPooled ? found.pooled : found;
      sum.made += 1;
      sum.coverage += coverage;
      sum.broken += error > risk * (1 + 1e-6) ? 1 : 0;
      sum.error += error;
    }
  }
  return promises.flatMap((promise) =>
    risks.flatMap((risk) =>
      scopes.flatMap((population) =>
        [first, wholeDocument].map((path): Kept => {
          const sum = sums.get(`${promise} ${risk} ${population} ${path}`);
          const mean = (value: number | undefined) => (value ?? 0) / draws;
          return {
            world: world.name,
            documents,
            promise,
            risk,
            population,
            path,
            draws,
            made: mean(sum?.made),
            coverage: mean(sum?.coverage),
            broken: mean(sum?.broken),
            error: mean(sum?.error),
          };
        }),
      ),
    ),
  );
}
