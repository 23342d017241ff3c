import { WeirError, type DocumentText } from "../../core/index.ts";
import { createFlow } from "./builder.ts";
import { layOutHtml } from "./html.ts";
import { layOutFlow, type FlowPage } from "./lay.ts";
import { needPart, resolvePart } from "./parts.ts";
import { walk } from "./xml.ts";
import { openZip, type Zip } from "./zip.ts";

/**
 * EPUB books: a chapter is a page. LangChain's EPubLoader is not used: it reads only from a path, so a copy
 * would have to lie on the disk; it has no limit on what an archive unpacks to; a broken book throws past its
 * promise; and its text is not what stands in the book: headings in capitals, lines wrapped at 80 characters,
 * cells of tables run together.
 */

/** @throws WeirError `document.damaged`, `document.encrypted`, `document.too-large`, `document.empty`, `document.no-text` */
export async function readEpub(bytes: Uint8Array, pagesMax: number): Promise<DocumentText> {
  const zip = openZip(bytes);
  const chapters = chaptersOf(zip, packageOf(zip));
  refuseLocked(zip, chapters);
  const wanted = chapters.slice(0, pagesMax);
  zip.allow(wanted);
  const pages = wanted.map((name) => pageOf(zip, name));
  return layOutFlow("epub", pages, pagesMax, chapters.length);
}

function packageOf(zip: Zip): string {
  let path = "";
  walk(needPart(zip, "META-INF/container.xml"), {
    open: (name, attributes) => {
      if (name === "rootfile" && path === "") path = resolvePart("", attributes.get("full-path") ?? "");
    },
    text: () => {},
  });
  return path;
}

/** Names in the archive, in reading order. */
function chaptersOf(zip: Zip, path: string): readonly string[] {
  const items = new Map<string, string>();
  const order: string[] = [];
  walk(needPart(zip, path), {
    open: (name, attributes) => {
      if (name === "item") items.set(attributes.get("id") ?? "", resolvePart(path, attributes.get("href") ?? ""));
      if (name === "itemref") order.push(attributes.get("idref") ?? "");
    },
    text: () => {},
  });
  if (order.length === 0) throw new WeirError("document.damaged", "The book names no chapters.");
  return order.map((id) => items.get(id) ?? "");
}

/** Books from shops are locked chapter by chapter. Fonts alone may be, without harm. */
function refuseLocked(zip: Zip, chapters: readonly string[]): void {
  const bytes = zip.read("META-INF/encryption.xml");
  if (!bytes) return;
  const locked = new Set<string>();
  walk(bytes, {
    open: (name, attributes) => {
      if (name === "CipherReference") locked.add(resolvePart("", attributes.get("URI") ?? ""));
    },
    text: () => {},
  });
  if (chapters.some((name) => locked.has(name))) {
    throw new WeirError("document.encrypted", "The chapters are locked by digital rights management (DRM).");
  }
}

/** A chapter that does not unpack costs that chapter; the limits hold for the whole book. */
function pageOf(zip: Zip, name: string): FlowPage {
  try {
    const flow = createFlow();
    layOutHtml(needPart(zip, name), flow);
    return flow.pages()[0] ?? { text: "" };
  } catch (error) {
    if (error instanceof WeirError && error.code === "document.damaged") return { text: "", reason: "page.unreadable" };
    throw error;
  }
}
