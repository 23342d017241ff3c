import { describe, expect, test } from "vitest";
import { jsonSchemaToGbnf } from "./gbnf.ts";
import { ThreadGovernor } from "./governor.ts";
import { repeatsItself } from "./repetition.ts";
import { buildTrie, logProbOf, meanAtMost, nextPath, toldApart } from "./trie.ts";

describe("a trie of options", () => {
  test("shares beginnings and keeps every option's path", () => {
    const trie = buildTrie([[1, 2, 3], [1, 2, 4], [5]]);
    expect([...trie.children.keys()]).toEqual([1, 5]);
    expect(trie.paths.map((path) => path.map((node) => node.token))).toEqual([[1, 2, 3], [1, 2, 4], [5]]);
    expect(trie.paths[0]?.[1]).toBe(trie.paths[1]?.[1]);
  });

  /** A model that gives every child of a node what its token says: −token. */
  function search(options: readonly (readonly number[])[], best: number) {
    const trie = buildTrie(options);
    const paths: (readonly number[])[] = [];
    for (let path = nextPath(trie, best); path !== null; path = nextPath(trie, best)) {
      paths.push(path.map(({ token }) => token));
      for (const children of [trie.children, ...path.map((node) => node.children)]) {
        for (const node of children.values()) node.logProb = -node.token;
      }
    }
    return { paths, means: trie.paths.map(meanAtMost) };
  }

  test("is evaluated once for what all begin with, then a whole option at a time, never its last token", () => {
    const { paths, means } = search(
      [
        [1, 2, 3, 6],
        [1, 2, 4],
        [1, 5],
      ],
      3,
    );
    expect(paths).toEqual([[1], [1, 2, 3]]);
    expect(means).toEqual([-3, -7 / 3, -3]);
  });

  test("is left where no other option can come before the best any more", () => {
    const options = [
      [9, 1, 1],
      [2, 1, 1],
      [8, 1, 1],
      [5, 1, 1],
    ];
    const { paths, means } = search(options, 1);
    expect(paths).toEqual([[], [2, 1]]);
    expect(means[1]).toBeCloseTo(-4 / 3);
    const exact = search(options, options.length).means;
    means.forEach((mean, at) => expect(mean).toBeGreaterThanOrEqual(exact[at] ?? 0));
    expect(search(options, 2).paths).toEqual([[], [2, 1], [5, 1]]);
  });

  test("is no deeper than what tells its options apart, where that is asked", () => {
    expect(
      toldApart([
        [1, 2, 3, 9],
        [1, 2, 4, 5, 9],
        [6, 7, 9],
        [6, 9],
      ]),
    ).toEqual([
      [1, 2, 3],
      [1, 2, 4],
      [6, 7],
      [6, 9],
    ]);
    expect(toldApart([[1, 2]])).toEqual([[1]]);
  });

  test("adds up what each token of the option was given", () => {
    const [path] = buildTrie([[1, 2]]).paths;
    path?.forEach((node, i) => (node.logProb = -1 - i * 2));
    expect(logProbOf(path ?? [])).toBe(-4);
  });
});

describe("the threads of an evaluation", () => {
  const free = { 1: 2, 2: 1.2 };
  const crowded = { 1: 4, 2: 40 };

  /** Reads `tokens` tokens on a machine where a token takes so long; returns the time. */
  function read(governor: ThreadGovernor, tokens: number, msPerToken: Readonly<Record<number, number>>): number {
    let total = 0;
    for (let left = tokens; left > 0;) {
      const next = governor.next(left);
      const ms = next.tokens * (msPerToken[next.threads] ?? 0);
      governor.record({ ...next, depth: 0, ms });
      total += ms;
      left -= next.tokens;
    }
    return total;
  }

  test("are all of them on a free machine, after one chunk to know what one can do", () => {
    const governor = new ThreadGovernor(2);
    expect(governor.next(1_000)).toEqual({ threads: 1, tokens: 128 });
    read(governor, 1_000, free);
    expect(governor.next(1_000)).toEqual({ threads: 2, tokens: 128 });
  });

  test("fall back to one where others want the cores, at a bounded loss", () => {
    const governor = new ThreadGovernor(2);
    read(governor, 1_000, free);
    const alone = 20_000 * crowded[1];
    expect(read(governor, 20_000, crowded)).toBeLessThan(alone * 1.4);
  });

  test("are all of them deep in a long document too, where each token is dearer", () => {
    const governor = new ThreadGovernor(2);
    const document = () => {
      const threads: number[] = [];
      for (let depth = 0; depth < 2_000;) {
        const next = governor.next(2_000 - depth);
        governor.record({ ...next, depth, ms: (next.tokens * (1.3 + depth / 450)) / (next.threads === 2 ? 1.8 : 1) });
        depth += next.tokens;
        threads.push(next.threads);
      }
      return threads;
    };
    expect(document().filter((threads) => threads === 1)).toHaveLength(1);
    expect(new Set([...document(), ...document()])).toEqual(new Set([2]));
  });

  test("are all again once the others are done", () => {
    const governor = new ThreadGovernor(2);
    read(governor, 4_000, crowded);
    read(governor, 40_000, free);
    expect(governor.next(1_000).threads).toBe(2);
  });

  test("never leave one token alone at the end", () => {
    const governor = new ThreadGovernor(1);
    for (let waiting = 2; waiting < 600; waiting++) {
      for (let left = waiting; left > 0; left -= governor.next(left).tokens) {
        expect(governor.next(left).tokens).toBeGreaterThan(1);
      }
    }
  });
});

describe("a grammar from a JSON schema", () => {
  const root = (schema: Parameters<typeof jsonSchemaToGbnf>[0]) =>
    jsonSchemaToGbnf(schema).split("\n")[0]?.replace("root ::= ", "");

  test("writes each value one way", () => {
    expect(root({ type: "object", properties: { a: { type: "string" }, b: { type: "integer" } } })).toBe(
      String.raw`"{" "\"a\": " string ", " "\"b\": " integer "}"`,
    );
    expect(root({ type: "object" })).toBe('"{}"');
    expect(root({ enum: ["x", 'say "y"', 1, null] })).toBe(String.raw`("\"x\"" | "\"say \\\"y\\\"\"" | "1" | "null")`);
    expect(root({ const: true })).toBe('"true"');
    expect(root({ anyOf: [{ type: "number" }, { type: "null" }] })).toBe('(number | "null")');
    expect(root({ type: ["boolean", "null"] })).toBe('(boolean | "null")');
    expect(root({ type: "string", format: "date" })).toBe("date");
  });

  test("counts what is short and leaves long lengths to the check afterwards", () => {
    expect(root({ type: "string", maxLength: 8 })).toBe(String.raw`"\"" char{0,8} "\""`);
    expect(root({ type: "string", maxLength: 5_000 })).toBe("string");
    expect(root({ type: "array", items: { type: "integer" } })).toBe('"[" (integer (", " integer)*)? "]"');
    expect(root({ type: "array", items: { type: "integer" }, minItems: 1, maxItems: 3 })).toBe(
      '"[" (integer (", " integer){0,2}) "]"',
    );
  });

  test("lets properties out that are not required, and keeps the commas right", () => {
    const properties = { a: { const: 1 }, b: { const: 2 }, c: { const: 3 } };
    const gbnf = jsonSchemaToGbnf({ type: "object", properties, required: ["b"] });
    const rules = new Map(gbnf.split("\n").map((line) => line.split(" ::= ") as [string, string]));
    /** Everything that a rule without repetition can write. */
    const writes = (body: string): string[] =>
      body.split(" | ").flatMap((way) =>
        (way.match(/\([^)]*\)\??|"(?:\\.|[^"\\])*"|[a-z0-9-]+/g) ?? []).reduce<string[]>(
          (texts, part) => {
            const optional = part.endsWith("?");
            const inner = part.startsWith("(") ? part.slice(1, part.lastIndexOf(")")) : part;
            const next = part.startsWith('"') ? [JSON.parse(part) as string] : writes(rules.get(inner) ?? inner);
            return texts.flatMap((text) => [...(optional ? [text] : []), ...next.map((more) => text + more)]);
          },
          [""],
        ),
      );
    const all = writes(rules.get("root") ?? "").map((text) => JSON.parse(text) as object);
    expect(all.map((one) => Object.keys(one).join("")).toSorted()).toEqual(["ab", "abc", "b", "bc"]);
  });

  test("writes tuples as long as they must be, maps, and any value", () => {
    const prefixItems = [{ const: 1 }, { const: 2 }];
    expect(root({ type: "array", prefixItems, items: false, minItems: 1 })).toBe('"[" "1" (", " "2")? "]"');
    expect(root({ type: "array", prefixItems, items: { const: 3 } })).toBe('"[" ("1" (", " "2" (", " "3")*)?)? "]"');
    expect(root({ type: "object", additionalProperties: { type: "boolean" } })).toBe(
      '"{" (string ": " boolean (", " string ": " boolean)*)? "}"',
    );
    expect(root({})).toBe("any");
  });

  test("follows references, to themselves too", () => {
    const gbnf = jsonSchemaToGbnf({
      $ref: "#/$defs/node",
      $defs: {
        node: { type: "object", properties: { next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } } },
      },
    });
    expect(gbnf).toContain(String.raw`def-node ::= "{" "\"next\": " (def-node | "null") "}"`);
    expect(() => jsonSchemaToGbnf({ $ref: "#/$defs/none" })).toThrow("#/$defs/none");
  });
});

describe("a text that repeats itself", () => {
  const run = (part: readonly number[], times: number) => Array.from({ length: times }, () => part).flat();

  test("is known by the part that comes over and over", () => {
    expect(repeatsItself([9, 8, ...run([1, 2, 3], 20)])).toBe(true);
    expect(repeatsItself(run([7], 40))).toBe(true);
  });

  test("is not one with a few equal rows, zeros or dots in it", () => {
    expect(repeatsItself(run([1, 2, 3, 4, 5, 6, 7, 8], 5))).toBe(false);
    expect(repeatsItself([1, 2, ...run([7], 20)])).toBe(false);
    expect(repeatsItself([...run([1, 2], 30), 3])).toBe(false);
  });
});
