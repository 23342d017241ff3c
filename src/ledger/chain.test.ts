import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalJson } from "../core/index.ts";
import type { LedgerEntry } from "../ports/index.ts";
import { digestsOf, entryHash, firstBroken, firstHash } from "./chain.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const start = { seq: 0, hash: firstHash };

/** Entries one on the other. @param older hashed with what they say, as before there were digests */
function written(count: number, older: boolean): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const head = { seq, at: seq, kind: "sent" as const, run: "r1" };
    const content = { data: { seq }, body: new TextEncoder().encode(`body ${seq}`) };
    const previous = entries.at(-1)?.hash ?? firstHash;
    const digests = digestsOf(content);
    const plain = canonicalJson({ ...head, data: content.data, body: sha256(`body ${seq}`) });
    const hash = older ? sha256(`${previous}\n${plain}`) : entryHash(head, digests, previous);
    entries.push({ ...head, ...content, hash, digests: older ? null : digests, erased: false });
  }
  return entries;
}

const emptied = (entry: LedgerEntry): LedgerEntry => ({ ...entry, data: {}, body: null, erased: true });
const replaced = (entries: readonly LedgerEntry[], at: number, change: (entry: LedgerEntry) => LedgerEntry) =>
  entries.map((entry, index) => (index === at ? change(entry) : entry));

test.each([false, true])("a record holds as it was written, and not when an entry was changed (older: %s)", (older) => {
  const entries = written(3, older);
  expect(firstBroken(entries, start)).toBeNull();
  const changed = replaced(entries, 1, (entry) => ({ ...entry, data: { seq: 9 } }));
  expect(firstBroken(changed, start)).toMatchObject({ seq: 2 });
  const body = replaced(entries, 1, (entry) => ({ ...entry, body: null }));
  expect(firstBroken(body, start)).toMatchObject({ seq: 2 });
  expect(firstBroken(entries.slice(1), start)).toMatchObject({ seq: 1 });
});

test.each([false, true])("a record holds when what an entry said was erased (older: %s)", (older) => {
  expect(firstBroken(replaced(written(3, older), 1, emptied), start)).toBeNull();
});

test("nothing of an erased entry can be changed: its time, its run, its digests", () => {
  const entries = replaced(written(3, false), 1, emptied);
  for (const change of [{ at: 9 }, { run: "r2" }, { digests: { data: "f".repeat(64), body: null } }]) {
    expect(
      firstBroken(
        replaced(entries, 1, (entry) => ({ ...entry, ...change })),
        start,
      ),
    ).toMatchObject({ seq: 2 });
  }
});
