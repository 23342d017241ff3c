import { describe, expect, test } from "vitest";
import {
  type Raw,
  beside,
  bytesOf,
  entryOf,
  junk,
  nameBytesMax,
  parseEntry,
  raw,
  restingNames,
  shown,
} from "./names.ts";

const claim = { id: "01JD0000000000000000000001", owner: "k3h7x2ab", run: null, workflow: "invoice" };
const run = "01JD0000000000000000000009";
const broken = Buffer.from([0x61, 0xff, 0xfe, 0x2e, 0x70, 0x64, 0x66]).toString("latin1") as Raw;

const anyName: readonly Raw[] = [
  raw("a.pdf"),
  raw("Rechnung März – Größe.pdf"),
  raw("請求書.pdf"),
  raw("счёт~1~.pdf"),
  raw("فاتورة.pdf"),
  raw("two\nlines\t.pdf"),
  raw("👩‍👩‍👧.pdf"),
  raw("-rf"),
  broken,
  raw("長".repeat(83)),
  raw(`${"x".repeat(251)}.pdf`),
];

describe("a claim's entry", () => {
  test.each(anyName)("finds its way back to %j, before and after its run is known", (name) => {
    for (const claimed of [
      { ...claim, name },
      { ...claim, name, run },
    ]) {
      const { entry, isFolder } = entryOf(claimed);
      expect(entry.length).toBeLessThanOrEqual(nameBytesMax);
      expect(entry).not.toContain("/");
      expect(parseEntry(entry)).toEqual({ ...claimed, name: isFolder ? null : name });
    }
  });

  test("is a file where the name leaves room and a folder where not, and never changes between the two", () => {
    for (let length = 100; length <= nameBytesMax; length++) {
      const name = raw("x".repeat(length));
      const [before, after] = [entryOf({ ...claim, name }), entryOf({ ...claim, name, run })];
      expect(before.isFolder).toBe(after.isFolder);
      expect(after.entry.length).toBeLessThanOrEqual(nameBytesMax);
    }
    expect(entryOf({ ...claim, name: raw("x".repeat(180)) }).isFolder).toBe(false);
    expect(entryOf({ ...claim, name: raw("x".repeat(200)) }).isFolder).toBe(true);
  });

  test.each(["a.pdf", "01JD0000000000000000000001~k3h7x2ab~-~", "~~~~", ""])("is not seen in %j", (name) => {
    expect(parseEntry(raw(name))).toBeNull();
  });
});

describe("resting names", () => {
  test("are the file's own first, then with the run's id before the extension, then counted", () => {
    const names = restingNames(raw("a.tar.gz"), run);
    expect([names.next().value, names.next().value, names.next().value]).toEqual([
      "a.tar.gz",
      `a.tar.${run}.gz`,
      `a.tar.${run}.2.gz`,
    ]);
  });

  test.each(anyName)("fit the disk and differ, for %j and what lies beside it", (name) => {
    const all = restingNames(name, run);
    const names = [all.next().value, all.next().value, all.next().value];
    expect(new Set(names).size).toBe(3);
    for (const one of names) {
      for (const text of [one, beside(one, "result", run), beside(one, "error", run)]) {
        expect(text.length).toBeLessThanOrEqual(nameBytesMax);
      }
    }
  });

  test("are cut between characters, not within one", () => {
    const long = beside(raw("長".repeat(85)), "result", run);
    expect(bytesOf(long).toString("utf8")).not.toContain("\uFFFD");
    expect(long.endsWith(`.${run}.result.json`)).toBe(true);
  });
});

test.each([
  ".DS_Store",
  "._a.pdf",
  ".hidden",
  "Thumbs.db",
  "DESKTOP.INI",
  "~$Brief.docx",
  "a.pdf.part",
  "a.pdf.crdownload",
  "a.PDF.TMP",
  "a.pdf.filepart",
  "a.txt~",
])("%s is junk", (name) => {
  expect(junk(raw(name))).toMatch(/^left alone/);
});

test.each(["a.pdf", "apart", "part", "~a.pdf", "$a", "done", "tmp.pdf", "a.result.json"])("%s is not junk", (name) => {
  expect(junk(raw(name))).toBeNull();
});

test("a name is shown in one line, without control characters", () => {
  expect(shown(raw("a\nb\u001B[2Jc.pdf"))).toBe(String.raw`a\nb\u{1b}[2Jc.pdf`);
  expect(shown(broken)).toBe("a\uFFFD\uFFFD.pdf");
  expect(shown(raw("請求書.pdf"))).toBe("請求書.pdf");
});
