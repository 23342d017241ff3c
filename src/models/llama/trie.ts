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

/**
 * The nodes from `first` that can be evaluated in one go: down to the first fork or leaf. The last
 * token of an option is never in it: its probability is known from the token before.
 */
export function chainFrom<T extends number>(first: TrieNode<T>): readonly TrieNode<T>[] {
  const chain: TrieNode<T>[] = [];
  for (let node: TrieNode<T> | undefined = first; node !== undefined && node.children.size > 0;) {
    chain.push(node);
    node = node.children.size === 1 ? node.children.values().next().value : undefined;
  }
  return chain;
}

/** ln p of all tokens of an option, one after the other. */
export function logProbOf<T extends number>(path: readonly TrieNode<T>[]): number {
  return path.reduce((sum, node) => sum + node.logProb, 0);
}
