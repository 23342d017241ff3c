/** Options as a tree of their tokens, so that shared beginnings are evaluated once. Pure. */

export interface TrieNode<T extends number> {
  readonly token: T;
  readonly children: Map<T, TrieNode<T>>;
  /** ln p(token | everything before), once known. */
  logProb: number;
}

export interface Trie<T extends number> {
  readonly children: Map<T, TrieNode<T>>;
  /** For each option the nodes of its tokens, first to last. */
  readonly paths: readonly (readonly TrieNode<T>[])[];
}

export function buildTrie<T extends number>(options: readonly (readonly T[])[]): Trie<T> {
  const children = new Map<T, TrieNode<T>>();
  const paths = options.map((tokens) => {
    let siblings = children;
    return tokens.map((token) => {
      const node = siblings.get(token) ?? { token, children: new Map<T, TrieNode<T>>(), logProb: Number.NaN };
      siblings.set(token, node);
      siblings = node.children;
      return node;
    });
  });
  return { children, paths };
}

/** Each option up to the token that tells it from all others; those that begin with another one keep their end. */
export function toldApart<T extends number>(options: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return buildTrie(options).paths.map((path, at) => {
    const alone = path.findLastIndex((_node, i) => i === 0 || (path[i - 1]?.children.size ?? 0) > 1);
    return (options[at] ?? []).slice(0, alone + 1);
  });
}

/**
 * The nodes to evaluate next, from the first token on: what all options begin with, and then the whole way of the
 * option that can still be the best one, because a call costs as much as a dozen tokens. The last token of an option
 * is never among them: its probability is known from the token before.
 * @param best how many of the best options are to be known to their ends
 * @returns null when they are
 */
export function nextPath<T extends number>(trie: Trie<T>, best: number): readonly TrieNode<T>[] | null {
  if ([...trie.children.values()].some(isUnknown)) return trunkOf(trie);
  const [open, done] = [
    trie.paths.filter((path) => path.some(isUnknown)),
    trie.paths.filter((path) => !path.some(isUnknown)),
  ];
  let likeliest: readonly TrieNode<T>[] | null = null;
  for (const path of open) if (likeliest === null || meanAtMost(path) > meanAtMost(likeliest)) likeliest = path;
  if (likeliest === null) return null;
  const atMost = meanAtMost(likeliest);
  return done.filter((path) => meanAtMost(path) >= atMost).length >= best ? null : likeliest.slice(0, -1);
}

/** What every option begins with, without the last token of any. */
function trunkOf<T extends number>({ children }: Trie<T>): readonly TrieNode<T>[] {
  const trunk: TrieNode<T>[] = [];
  for (let siblings = children; siblings.size === 1;) {
    const [only] = siblings.values();
    if (only === undefined || only.children.size === 0) break;
    trunk.push(only);
    siblings = only.children;
  }
  return trunk;
}

export const isUnknown = <T extends number>(node: TrieNode<T>): boolean => Number.isNaN(node.logProb);

/** The mean of an option's log-probabilities; where not all are known yet, the most that it can still be. */
export function meanAtMost<T extends number>(path: readonly TrieNode<T>[]): number {
  return logProbOf(path) / path.length;
}

/** ln p of the tokens of an option that are known, one after the other. */
export function logProbOf<T extends number>(path: readonly TrieNode<T>[]): number {
  return path.reduce((sum, node) => sum + (isUnknown(node) ? 0 : node.logProb), 0);
}
