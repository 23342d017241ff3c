import { type Costs, type Heads, type Material, fitHeads, headNames, readHeads, vectorAt } from "./heads.ts";

/** Which costs suit the messages at hand, tried on some that were not learned from. */

const tries: readonly Costs[] = [
  { meaning: 0.3, words: 0.2, softmax: 1 },
  { meaning: 1, words: 0.5, softmax: 6 },
  { meaning: 3, words: 1.5, softmax: 30 },
];
const messagesMax = 2_500;

/** @param learn @param test positions of one fold */
export function chooseCosts(material: Material, learn: readonly number[], test: readonly number[]): Costs {
  const share = Math.min(1, messagesMax / (learn.length + test.length));
  const some = thinned(learn, share);
  const asked = thinned(test, share);
  const rights = tries.map((costs) => rightsOf(material, fitHeads(material, some, costs), asked));
  const pick = <Name extends keyof Costs>(name: Name, head: (typeof headNames)[number]): number => {
    const at = headNames.indexOf(head);
    const most = Math.max(...rights.map((right) => right[at] ?? 0));
    return tries[rights.findIndex((right) => right[at] === most)]?.[name] ?? 1;
  };
  return { meaning: pick("meaning", "meaning"), words: pick("words", "words"), softmax: pick("softmax", "softmax") };
}

/** Every so many, spread over all. */
function thinned(all: readonly number[], share: number): readonly number[] {
  return all.filter((_one, at) => Math.floor((at + 1) * share) > Math.floor(at * share));
}

/** How many messages each head gets right by itself. */
function rightsOf(material: Material, heads: Heads, asked: readonly number[]): readonly number[] {
  const { classes, labels, names, grams } = material;
  const rights = headNames.map(() => 0);
  for (const at of asked) {
    const { scores } = readHeads(heads, names, vectorAt(material, at), grams[at] ?? []);
    for (const head of rights.keys()) {
      const own = scores.subarray(head * classes, (head + 1) * classes);
      if (own.every((score) => score <= (own[labels[at] ?? 0] ?? 0))) rights[head] = (rights[head] ?? 0) + 1;
    }
  }
  return rights;
}
