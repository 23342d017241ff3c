import type { OutOfFold, Scope } from "../core/index.ts";
import { answersOf } from "./scopes.ts";
import { oneOfEach, type Step, stepsOf } from "./votes.ts";

/**
 * Promises about the values of all fields together: one threshold for every field, and at most so many wrong
 * among all that is accepted. What fields that are read well leave of the risk goes to the others, so that more
 * is accepted than where each field has to keep the promise by itself; a single field may err more often.
 *
 * Values of one document are no independent witnesses: where the page is misread, several are wrong at once.
 * Documents are counted, therefore: a value is the share of a document that has the most of them, and the rule
 * of `expected`, one more document wrong than seen, holds whatever the values of a document have in common.
 */

/** Share of the documents of the field that is labelled most. */
const labelledMin = 0.8;

/**
 * Fields that take part: those that are labelled about as often as any. One that is labelled seldom would
 * have fewer errors here than among documents to come.
 */
export function pooledPaths(rows: readonly OutOfFold[]): ReadonlySet<string> {
  const counts = [...Map.groupBy(rows, ({ path }) => path)].map(([path, some]) => {
    return { path, documents: new Set(some.map(({ example }) => example)).size };
  });
  const most = counts.reduce((max, { documents }) => Math.max(max, documents), 0);
  return new Set(counts.filter(({ documents }) => documents >= labelledMin * most).map(({ path }) => path));
}

/** Accepted documents and wrong ones, by the confidence from which their values are accepted. */
export function pooledSteps(
  rows: readonly OutOfFold[],
  scope: Scope,
  sourceOf: (example: string) => string,
): readonly Step[] {
  const values = ofOneDocument(answersOf(rows, scope), scope, sourceOf);
  const counts = [...Map.groupBy(values, ({ example }) => example).values()].map(({ length }) => length);
  const most = counts.reduce((max, count) => Math.max(max, count), 1);
  return stepsOf(values).map(({ threshold, accepted, wrong, expected }) => {
    return { threshold, accepted: accepted / most, wrong: wrong / most, expected: expected / most };
  });
}

/** One value a path of each document that counts (lists have many): about new senders one document of each. */
function ofOneDocument(
  rows: readonly OutOfFold[],
  scope: Scope,
  sourceOf: (example: string) => string,
): readonly OutOfFold[] {
  const values = oneOfEach(rows, ({ example, path }) => `${example}\n${path}`);
  if (scope !== "new") return values;
  const documents = [...new Set(values.map(({ example }) => example))].map((example) => ({ example }));
  const drawn = new Set(oneOfEach(documents, ({ example }) => sourceOf(example)).map(({ example }) => example));
  return values.filter(({ example }) => drawn.has(example));
}
