import { describe, expect, test } from "vitest";
import type { DocumentText } from "../core/index.ts";
import { letterOf, messageOf } from "./message.ts";

function textOf(lines: readonly string[]): DocumentText {
  const read = lines.map((text, at) => ({ page: 1, line: at + 1, text, words: [], box: null }));
  return { kind: "text", pageCount: 1, pages: [{ page: 1, size: null, lines: read }], complete: true, skipped: [] };
}

describe("what a message says by itself", () => {
  const mail = textOf([
    "From: Ann Smith <ann@example.com>",
    "Subject: Re: AW: Parcel never came",
    "",
    "Hello,",
    "my parcel is late.",
    "",
    "Kind regards,",
    "Ann Smith",
    "",
    "On Mon, 2 March 2026 at 10:00, Shop <shop@example.com> wrote:",
    "> Please refund nothing.",
  ]);

  test("subject and body, without what it answers and how it is signed", () => {
    expect(messageOf(mail)).toEqual({ head: "Parcel never came", body: "Hello,\nmy parcel is late.\n" });
  });

  test("who wrote it stands in its headers and its signature", () => {
    const { headers, signature } = letterOf(mail);
    expect(headers.get("from")?.value).toBe("Ann Smith <ann@example.com>");
    expect(signature.map(({ text }) => text)).toEqual(["Kind regards,", "Ann Smith", ""]);
  });

  test("without headers its first line is its head", () => {
    expect(messageOf(textOf(["Where is my parcel?", "", "It is late."]))).toEqual({
      head: "Where is my parcel?",
      body: "It is late.",
    });
  });

  test("a message that is only a quote is read all the same", () => {
    const { head, body } = messageOf(textOf(["> Where is my parcel?", "> It is late."]));
    expect(`${head}\n${body}`).toContain("parcel");
  });

  test("a thank-you in the middle is no signature, a note is no header", () => {
    const long = Array.from({ length: 12 }, (_zero, at) => `Line ${at} of a long explanation.`);
    expect(messageOf(textOf(["Hello", "Thanks", ...long])).body).toContain("Line 11");
    expect(messageOf(textOf(["Note: the lamp is broken", "Please help"])).head).toBe("Note: the lamp is broken");
  });
});
