import { describe, expect, it } from "vitest";
import { decided, resultWith } from "../../test/support/results.ts";
import type { DocumentText, Result } from "../core/index.ts";
import { renderReport } from "./html.ts";

const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>' & <svg onload=alert(3)>`;

const text: DocumentText = {
  kind: "pdf",
  pageCount: 2,
  complete: false,
  skipped: [{ page: 2, reason: "page.no-text" }],
  pages: [
    {
      page: 1,
      size: { width: 595, height: 842 },
      hiddenWords: 3,
      lines: [
        {
          page: 1,
          line: 1,
          text: "TOTAL 327.00",
          box: [72, 540, 108, 14],
          words: [
            { text: "TOTAL", start: 0, end: 5, box: [72, 540, 40, 14] },
            { text: "327.00", start: 6, end: 12, box: [140, 540, 40, 14] },
          ],
        },
      ],
    },
  ],
};

const decision = (value: string | null, change: Partial<Result["decisions"][string]> = {}) =>
  decided(value, {
    confidence: 0.9996,
    status: "accepted",
    by: "slm",
    source: [{ page: 1, line: 1, text: "327.00", box: [140, 540, 40, 14] }],
    ...change,
  });

const result = (change: Partial<Result> = {}) =>
  resultWith({
    id: "a17",
    document: { ...resultWith().document, name: "a17.pdf" },
    status: "succeeded",
    decisions: { total: decision("327.00") },
    usage: { ...resultWith().usage, ms: 812 },
    ...change,
  });

/** What a browser would take for tags, attributes and their names. */
const tags = (page: string) => [...page.matchAll(/<([a-z][a-z0-9]*)\b/g)].map((match) => match[1]);

describe("a report", () => {
  it("frames each decided value where it stands on the page", () => {
    const page = renderReport({ result: result(), text, pictures: null });
    expect(page).toContain('<rect x="138.5" y="538.5" width="43" height="17"');
    expect(page).toContain('href="#box-f0-0"');
    expect(page).toContain('id="box-f0-0"');
  });

  it("shows the picture of a page where there is one", () => {
    const page = renderReport({ result: result(), text, pictures: new Map([[1, Uint8Array.of(1, 2, 3)]]) });
    expect(page).toContain('href="data:image/png;base64,AQID"');
  });

  it("lets nothing from the document become markup", () => {
    const line = { page: 1, line: 1, text: hostile, words: [], box: null };
    const plain: DocumentText = {
      kind: "text",
      pageCount: 1,
      complete: true,
      skipped: [],
      pages: [{ page: 1, size: null, lines: [line] }],
    };
    const source = [{ page: 1, line: 1, text: hostile, box: null }];
    const bad = decision(hostile, { source, alternatives: [{ value: hostile, confidence: 0.1 }], status: "review" });
    const page = renderReport({
      result: result({
        decisions: { [hostile]: bad, [`lines.0.${hostile}`]: bad },
        doubts: [{ code: "x", paths: [hostile], message: hostile, step: "x" }],
        document: { sha256: hostile, name: hostile, pages: 1, complete: true, skipped: [{ page: 1, reason: hostile }] },
        error: { code: hostile, message: hostile, hint: hostile },
        status: "failed",
      }),
      text: plain,
      pictures: null,
    });
    expect(tags(page)).not.toContain("script");
    expect(tags(page)).not.toContain("img");
    expect(tags(page)).not.toContain("svg");
    expect(page.replaceAll(/"[^"]*"/g, "")).not.toMatch(/<[^>]*\son\w+/);
    expect(page).toContain("&lt;script&gt;");
  });

  it("shows what an agent did, and lets nothing of it be markup", () => {
    const action: Omit<NonNullable<Result["actions"]>[number], "outcome"> = {
      step: "agent",
      turn: 1,
      tool: hostile,
      arguments: { number: hostile },
      source: [],
      by: "learned",
      tokens: 0,
    };
    const actions: Result["actions"] = [
      { ...action, outcome: { status: "done", value: [{ state: hostile }] } },
      { ...action, turn: 2, outcome: { status: "failed", code: "lookup.timeout", message: "The shop took too long." } },
      { ...action, turn: 3, tool: "finish", arguments: {}, outcome: null },
    ];
    const page = renderReport({ result: result({ actions }), text, pictures: null });
    expect(page).toContain("What was done");
    expect(page).toContain("chosen by learned reader");
    expect(page).toContain("The shop took too long.");
    expect(page).toContain("under way");
    expect(tags(page)).not.toContain("script");
    expect(renderReport({ result: result(), text, pictures: null })).not.toContain("What was done");
  });

  it("asks for nothing from anywhere", () => {
    const page = renderReport({ result: result(), text, pictures: null });
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/https?:|\ssrc=|@import|url\(/);
  });

  it("says first what is in doubt, and what was not read", () => {
    const doubted = result({
      status: "review",
      document: { sha256: "00", name: "a.pdf", pages: 2, complete: false, skipped: [...text.skipped] },
      doubts: [{ code: "sum", paths: ["total"], message: "net plus tax is not the total", step: "sums" }],
    });
    const page = renderReport({ result: doubted, text, pictures: null });
    expect(page.indexOf("Net plus tax is not the total.")).toBeLessThan(page.indexOf('id="fields-title"'));
    expect(page).toContain("Page 2 was not read completely: it is a picture without text.");
    expect(page).toContain("Page 1 holds text that nobody can see on it");
    expect(page).not.toContain("Nothing is in doubt");
  });

  it("says what went wrong where reading failed", () => {
    const error = { code: "document.encrypted", message: "The PDF asks for a password.", hint: "Save a copy without." };
    const page = renderReport({
      result: result({ status: "failed", decisions: {}, error }),
      text: null,
      pictures: null,
    });
    expect(page).toContain("The PDF asks for a password.");
    expect(page).toContain("Save a copy without.");
  });

  it("never rounds up to certainty", () => {
    const page = renderReport({ result: result(), text, pictures: null });
    expect(page).toContain("99.9 %");
    expect(page).not.toContain("100.0 %");
  });

  it("keeps rows of a list together", () => {
    const decisions = {
      "lines.0.description": decision("Paper"),
      "lines.0.amount": decision("12.00"),
      "lines.1.description": decision("Ink"),
    };
    const page = renderReport({ result: result({ decisions }), text, pictures: null });
    expect(page.match(/<th scope="row">\d+<\/th>/g)).toHaveLength(2);
    expect(page).toContain("Paper");
  });
});
