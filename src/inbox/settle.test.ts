import { describe, expect, test } from "vitest";
import { type Sighting, type Stamp, finished, quiet, sight } from "./settle.ts";
import { whyUnfinished } from "./whole.ts";

const limits = { settleMs: 2_000, stuckMs: 600_000 };
const stamp: Stamp = { size: 10, mtimeNs: 1n, dev: 1n, ino: 1n };
const seen = (change: Partial<Sighting> = {}): Sighting => ({ stamp, since: 0, changed: false, ...change });

describe("a file", () => {
  test("is not taken at first sight, however old it says it is", () => {
    expect(quiet(sight(null, stamp, 5_000), 5_000, limits)).toMatchObject({ ready: false, lookAgainAt: 7_000 });
  });

  test("is ready when nothing changed for long enough", () => {
    expect(quiet(seen(), 1_999, limits).ready).toBe(false);
    expect(quiet(seen(), 2_000, limits)).toEqual({ ready: true });
  });

  test.each([
    ["size", { size: 11 }],
    ["time", { mtimeNs: 2n }],
    ["identity", { ino: 2n }],
    ["device", { dev: 2n }],
  ])("with another %s begins anew, and is said to grow", (_, change) => {
    const again = sight(seen(), { ...stamp, ...change }, 3_000);
    expect(again).toMatchObject({ since: 3_000, changed: true });
    expect(quiet(again, 4_999, limits)).toMatchObject({ ready: false, why: "still growing" });
  });

  test("waits anew when the clock is set back, and is not held up until then", () => {
    expect(sight(seen({ since: 9_000 }), stamp, 1_000).since).toBe(1_000);
  });

  test("that is empty waits long, then is taken so that it fails visibly", () => {
    const empty = seen({ stamp: { ...stamp, size: 0 } });
    expect(quiet(empty, 599_999, limits)).toMatchObject({ ready: false, lookAgainAt: 600_000 });
    expect(quiet(empty, 600_000, limits)).toEqual({ ready: true });
  });

  test("that looks unfinished waits long, then is taken so that it fails visibly", () => {
    const wait = finished(seen(), "the PDF has no end yet", 5_000, limits);
    expect(wait).toEqual({
      ready: false,
      why: "the PDF has no end yet; taken anyway when unchanged for 10 min",
      lookAgainAt: 7_000,
    });
    expect(finished(seen(), "the PDF has no end yet", 600_000, limits)).toEqual({ ready: true });
    expect(finished(seen(), null, 5_000, limits)).toEqual({ ready: true });
  });
});

const inMemory = (content: Buffer | string) => {
  const bytes = Buffer.from(content);
  return { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) };
};

const pdf = (body: string) => {
  const start = `%PDF-1.4\n${body}\n`;
  return `${start}xref\n0 1\ntrailer\n<<>>\nstartxref\n${start.length}\n%%EOF\n`;
};

describe("by its bytes", () => {
  const whole = pdf("x".repeat(9_000));

  test("a PDF is complete with its end, and at no length before it", async () => {
    expect(await whyUnfinished(inMemory(whole))).toBeNull();
    const ends = whole.indexOf("%%EOF") + 5;
    for (const length of [9, 100, 5_000, whole.indexOf("startxref"), ends - 1]) {
      expect(await whyUnfinished(inMemory(whole.slice(0, length)))).toBe("the PDF has no end yet");
    }
    expect(await whyUnfinished(inMemory(whole.slice(0, ends)))).toBeNull();
  });

  test("a PDF whose space was set aside first is not complete until its end is there", async () => {
    const half = Buffer.alloc(whole.length);
    half.write(whole.slice(0, 4_000));
    expect(await whyUnfinished(inMemory(half))).toBe("its end is not written yet");
    half.write(whole.slice(-30), whole.length - 30);
    expect(await whyUnfinished(inMemory(half))).toBe("the PDF has a part that is not written yet");
    half.write(whole.slice(0, 2_000).replace("%PDF", "\0\0\0\0"));
    expect(await whyUnfinished(inMemory(Buffer.concat([Buffer.alloc(2_000), Buffer.from("end")])))).toBe(
      "its beginning is not written yet",
    );
  });

  test("a PDF with a wrong offset is damaged, not unfinished: its reader decides", async () => {
    expect(await whyUnfinished(inMemory(whole.replace(/startxref\n\d+/, "startxref\n17")))).toBeNull();
    expect(await whyUnfinished(inMemory(whole.replace(/startxref\n\d+/, "startxref\n99999999")))).toBeNull();
  });

  test("a PDF after other bytes counts from its own beginning", async () => {
    expect(await whyUnfinished(inMemory(`mail header\r\n${whole}`))).toBeNull();
  });

  test("a zip is complete with its directory", async () => {
    const local = Buffer.from("PK\u0003\u0004 file data");
    const directory = Buffer.from("PK\u0001\u0002 directory");
    const end = Buffer.alloc(22);
    end.write("PK\u0005\u0006");
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(local.length, 16);
    const zip = Buffer.concat([local, directory, end]);
    expect(await whyUnfinished(inMemory(zip))).toBeNull();
    expect(await whyUnfinished(inMemory(zip.subarray(0, -1)))).toBe("the zip has no directory yet");
    expect(await whyUnfinished(inMemory(Buffer.concat([local, Buffer.alloc(12), end])))).toBe(
      "the zip has a part that is not written yet",
    );
  });

  test("text tells nothing, but for space set aside", async () => {
    expect(await whyUnfinished(inMemory("x"))).toBeNull();
    expect(await whyUnfinished(inMemory("Total 12.00\n"))).toBeNull();
    expect(await whyUnfinished(inMemory(Buffer.concat([Buffer.from("Total"), Buffer.alloc(4_096)])))).toBe(
      "its end is not written yet",
    );
  });
});
