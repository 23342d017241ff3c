import { describe, expect, test } from "vitest";
import { hashOf } from "./memory.ts";
import { vocabularyOf } from "./spelling.ts";

const page = (...words: readonly string[]) => words.map(hashOf);
const words = vocabularyOf([page("HARBOUR", "TRADING"), page("TRADING", "MILLS"), page("TRADING", "MILLS")]);

describe("words of learned pages", () => {
  test("a word that no page has is taken for the one that several have and that is a letter away", () => {
    expect(words.meant("Tradimg")).toBe("TRADING");
    expect(words.meant("TRDING")).toBe("TRADING");
    expect(words.meant("TARDING")).toBe("TRADING");
    expect(words.meant("TRAADING")).toBe("TRADING");
  });

  test("a word that a page has is meant as it stands", () => {
    expect(words.meant("trading")).toBeNull();
    expect(words.meant("harbour")).toBeNull();
  });

  test("another ending, a short word and one that few pages have tell nothing", () => {
    expect(words.meant("TRADINGS")).toBeNull();
    expect(words.meant("MILS")).toBeNull();
    expect(words.meant("HARBUOR")).toBeNull();
  });

  test("says what share of a page's words were learned", () => {
    expect(words.share(page("TRADING", "ELSEWHERE"))).toBe(0.5);
    expect(words.share([])).toBe(0);
  });
});
