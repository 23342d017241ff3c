import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobStore } from "../ports/index.ts";

export interface BlobsUnderTest {
  readonly blobs: BlobStore;
  /** Lets a blob look as if it was put last a day ago. */
  age(sha256: string): Promise<void>;
  /** What the store takes for now, milliseconds since 1970. */
  now(): number;
  /** Changes or removes the stored bytes behind the adapter's back. */
  damage(sha256: string, bytes: Uint8Array | null): Promise<void>;
  /** How many blobs are stored. */
  count(): Promise<number>;
  close(): Promise<void>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What every store of bytes promises. */
export function blobsSuite(name: string, create: () => Promise<BlobsUnderTest>): void {
  describe(`blobs: ${name}`, () => {
    let under: BlobsUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(async () => await under.close());

    it("names bytes by their sha256 and gives them back", async () => {
      const sha256 = await under.blobs.put(bytesOf("a page"));
      expect(sha256).toBe(createHash("sha256").update("a page").digest("hex"));
      expect(new Uint8Array(await under.blobs.get(sha256))).toEqual(bytesOf("a page"));
    });

    it("keeps an empty document", async () => {
      const sha256 = await under.blobs.put(new Uint8Array());
      expect((await under.blobs.get(sha256)).byteLength).toBe(0);
    });

    it("stores the same bytes once, also when several put them at the same time", async () => {
      const names = await Promise.all(Array.from({ length: 8 }, async () => await under.blobs.put(bytesOf("same"))));
      expect(new Set(names).size).toBe(1);
      expect(await under.count()).toBe(1);
    });

    it("tells what it has", async () => {
      const sha256 = await under.blobs.put(bytesOf("here"));
      expect(await under.blobs.has(sha256)).toBe(true);
      expect(await under.blobs.has("0".repeat(64))).toBe(false);
    });

    it("says document.lost for bytes it never had, and for names that are none", async () => {
      await expect(under.blobs.get("0".repeat(64))).rejects.toMatchObject({ code: "document.lost" });
      await expect(under.blobs.get("../../etc/passwd")).rejects.toMatchObject({ code: "document.lost" });
      expect(await under.blobs.has("../../etc/passwd")).toBe(false);
    });

    it("never gives out bytes that no longer match their name", async () => {
      const sha256 = await under.blobs.put(bytesOf("true"));
      await under.damage(sha256, bytesOf("false"));
      await expect(under.blobs.get(sha256)).rejects.toMatchObject({ code: "document.lost" });
      await under.damage(sha256, null);
      await expect(under.blobs.get(sha256)).rejects.toMatchObject({ code: "document.lost" });
    });

    it("lists what is there, with its size and when it was put last", async () => {
      const listed = async () => {
        const all = [];
        for await (const { sha256, bytes } of under.blobs.list()) all.push([sha256, bytes]);
        return all.toSorted();
      };
      expect(await listed()).toEqual([]);
      const [one, two] = [await under.blobs.put(bytesOf("one")), await under.blobs.put(bytesOf("longer"))];
      expect(await listed()).toEqual(
        [
          [one, 3],
          [two, 6],
        ].toSorted(),
      );
    });

    it("removes what has lain untouched, and nothing that was put again since", async () => {
      const before = under.now() - 3_600_000;
      const [old, again] = [await under.blobs.put(bytesOf("old")), await under.blobs.put(bytesOf("again"))];
      for (const sha256 of [old, again]) await under.age(sha256);
      await under.blobs.put(bytesOf("again"));
      expect(await under.blobs.remove(old, before)).toBe(true);
      expect(await under.blobs.remove(again, before)).toBe(false);
      expect([await under.blobs.has(old), await under.blobs.has(again)]).toEqual([false, true]);
      await expect(under.blobs.get(old)).rejects.toMatchObject({ code: "document.lost" });
      expect([await under.blobs.remove(again), await under.blobs.has(again)]).toEqual([true, false]);
      // There is nothing to remove any more, and it can be put anew.
      expect(await under.blobs.remove(old, before)).toBe(true);
      expect(await under.blobs.put(bytesOf("old"))).toBe(old);
      expect(await under.blobs.has(old)).toBe(true);
    });

    it("mends damaged bytes when they are put again", async () => {
      const sha256 = await under.blobs.put(bytesOf("true"));
      await under.damage(sha256, bytesOf("tr"));
      await under.blobs.put(bytesOf("true"));
      expect(new Uint8Array(await under.blobs.get(sha256))).toEqual(bytesOf("true"));
    });
  });
}
