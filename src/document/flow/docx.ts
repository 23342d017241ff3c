import type { DocumentText } from "../../core/index.ts";
import { createFlow } from "./builder.ts";
import { layOutFlow, type FlowPage } from "./lay.ts";
import { needPart, relationsOf, type Relation } from "./parts.ts";
import { isOn, layOutStory } from "./story.ts";
import { walk } from "./xml.ts";
import { openZip, type Zip } from "./zip.ts";

/**
 * Word documents. LangChain's DocxLoader is not used: it gives mammoth's raw text, which lacks headers and
 * footers, where letterheads stand, makes a line of every cell of a table, knows no pages and shows hidden
 * text as any other. Macros, embedded files and pictures are not unpacked.
 */

/** @throws WeirError `document.damaged`, `document.encrypted`, `document.too-large`, `document.empty`, `document.no-text` */
export async function readDocx(bytes: Uint8Array, pagesMax: number): Promise<DocumentText> {
  const zip = openZip(bytes);
  const main = relationsOf(zip, "").find((one) => one.type === "officeDocument")?.target ?? "word/document.xml";
  const relations = relationsOf(zip, main);
  zip.allow([main, ...targetsOf(relations.filter((one) => storyTypes.has(one.type)))]);
  const flow = createFlow();
  const shown = layOutStory(needPart(zip, main), flow);

  const evenToo = hasEvenPages(zip, relations);
  const wanted = new Set(shown.filter((one) => one.type !== "even" || evenToo).map((one) => one.id));
  const edges = (type: string) =>
    textsOf(zip, targetsOf(relations.filter((one) => one.type === type && wanted.has(one.id))));
  const notes = textsOf(zip, targetsOf(relations.filter((one) => one.type === "footnotes" || one.type === "endnotes")));
  return layOutFlow("docx", framed(flow.pages(), edges("header"), edges("footer"), notes), pagesMax);
}

/** Relations to parts that hold text. */
const storyTypes = new Set(["header", "footer", "footnotes", "endnotes"]);

const targetsOf = (relations: readonly Relation[]) => [...new Set(relations.map((one) => one.target))];

/** Each text once: headers of several sections often say the same. */
function textsOf(zip: Zip, parts: readonly string[]): readonly FlowPage[] {
  const texts = parts.flatMap((part) => {
    const flow = createFlow();
    layOutStory(needPart(zip, part), flow);
    return flow.pages();
  });
  return [...new Map(texts.map((one) => [one.text, one])).values()];
}

/** Headers and footers stand on the first page, once; notes at the very end. */
function framed(
  pages: readonly FlowPage[],
  headers: readonly FlowPage[],
  footers: readonly FlowPage[],
  notes: readonly FlowPage[],
): readonly FlowPage[] {
  const [first = { text: "" }, ...rest] = pages;
  const whole = [joined([...headers, first, ...footers]), ...rest];
  return [...whole.slice(0, -1), joined([...whole.slice(-1), ...notes])];
}

function joined(parts: readonly FlowPage[]): FlowPage {
  const text = parts.flatMap((part) => (part.text === "" ? [] : [part.text])).join("\n");
  const hiddenWords = parts.reduce((sum, part) => sum + (part.hiddenWords ?? 0), 0);
  const reason = text === "" ? parts.find((part) => part.reason)?.reason : undefined;
  return { text, hiddenWords, ...(reason ? { reason } : {}) };
}

/** Headers for even pages are shown only where the settings ask for them. */
function hasEvenPages(zip: Zip, relations: readonly Relation[]): boolean {
  const settings = relations.find((one) => one.type === "settings");
  const bytes = settings && zip.read(settings.target);
  let found = false;
  if (!bytes) return found;
  walk(bytes, {
    open: (name, attributes) => {
      if (name === "evenAndOddHeaders") found = isOn(attributes);
    },
    text: () => {},
  });
  return found;
}
