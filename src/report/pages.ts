import type { DocumentText, Line, Page, Result } from "../core/index.ts";
import type { Field } from "./fields.ts";
import { markup, nothing, type Markup } from "./markup.ts";
import { fieldName, statusWords, valueText } from "./words.ts";

/** Pages with frames around what was read from them. */

interface Place {
  readonly field: Field;
  readonly id: string;
  readonly span: Result["decisions"][string]["source"][number];
}

/** @param pictures PNG bytes by page number; pages without one are drawn from their words */
export function pageViews(
  text: DocumentText,
  fields: readonly Field[],
  pictures: ReadonlyMap<number, Uint8Array>,
): Markup {
  const places = fields.flatMap((field) =>
    field.decision.source.map((span, index): Place => ({ field, id: `box-${field.id}-${index}`, span })),
  );
  return markup`${text.pages.map((page) => {
    const here = places.filter(({ span }) => span.page === page.page);
    return markup`<figure class="page">
      <figcaption>
        Page ${page.page} of
        ${text.pageCount}${page.hiddenWords ? markup` <span class="hidden-text">${page.hiddenWords} hidden words were not read</span>` : nothing}
      </figcaption>
      ${page.size ? drawn(page, page.size, here, pictures.get(page.page)) : printed(page, here)}
    </figure>`;
  })}`;
}

function drawn(
  page: Page,
  { width, height }: { width: number; height: number },
  places: readonly Place[],
  picture: Uint8Array | undefined,
): Markup {
  const background = picture
    ? markup`<image
        href="data:image/png;base64,${Buffer.from(picture).toString("base64")}"
        width="${width}"
        height="${height}"
        preserveAspectRatio="none"
      />`
    : markup`${page.lines.map((line) => words(line))}`;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="group" aria-label="Page ${page.page}">
    <rect class="paper" width="${width}" height="${height}" />
    ${background} ${places.map(frame)}
  </svg>`;
}

/** Words at their places, for documents whose picture was not made. */
function words(line: Line): Markup {
  return markup`${line.words.map(({ text, box }) => {
    if (!box || box[3] > 3 * box[2] + 20) return nothing;
    const [x, y, width, height] = box;
    return markup`<text
      x="${x}"
      y="${y + height * 0.8}"
      font-size="${height}"
      textLength="${width}"
      lengthAdjust="spacingAndGlyphs"
      >${text}</text
    >`;
  })}`;
}

/** Room around the text, in points, so that the frame does not touch the letters. */
const margin = 1.5;

function frame({ field, id, span }: Place): Markup {
  if (!span.box) return nothing;
  const [x, y, width, height] = span.box;
  return markup`<a href="#${field.id}" id="${id}" class="frame ${field.decision.status}"
    ><title>${label(field)}</title
    ><rect x="${x - margin}" y="${y - margin}" width="${width + 2 * margin}" height="${height + 2 * margin}" rx="2"
  /></a>`;
}

function label({ path, decision }: Field): string {
  return `${fieldName(path)}: ${valueText(decision.value)} (${statusWords[decision.status].toLowerCase()})`;
}

/** Lines of a plain text, with what was read marked in them. */
function printed(page: Page, places: readonly Place[]): Markup {
  return markup`<ol class="text">
    ${page.lines.map((line) => {
      const here = places.filter(({ span }) => span.line === line.line);
      return markup`<li value="${line.line}">${marked(line, here)}</li>`;
    })}
  </ol>`;
}

function marked(line: Line, places: readonly Place[]): Markup {
  const found = places
    .map((place) => ({ place, start: line.text.indexOf(place.span.text) }))
    .filter(({ start, place }) => start >= 0 && place.span.text.length > 0)
    .toSorted((a, b) => a.start - b.start);
  const parts: Markup[] = [];
  let at = 0;
  for (const { place, start } of found) {
    const end = start + place.span.text.length;
    // A place within another one keeps only its anchor.
    if (start < at) parts.push(markup`<a id="${place.id}"></a>`);
    else {
      parts.push(
        markup`${line.text.slice(at, start)}<a
            href="#${place.field.id}"
            id="${place.id}"
            class="mark ${place.field.decision.status}"
            title="${label(place.field)}"
            >${line.text.slice(start, end)}</a
          >`,
      );
      at = end;
    }
  }
  return markup`<bdi>${parts}${line.text.slice(at)}</bdi>`;
}
