import type { Message } from "../../candidates/index.ts";

/** How messages become vectors: as a whole, or first line and rest apart. */

/** 1: the whole message is one text. 2: first line (subject, title) and body are two. */
export type Views = 1 | 2;

/** An encoder reads in windows; what a message is about stands in its first ones. */
const charactersMax = 1_600;

/** Messages with a body are read in two views when most have one. */
export function viewsFor(messages: readonly Message[]): Views {
  const withBody = messages.filter(({ body }) => body.trim() !== "").length;
  return withBody * 2 > messages.length ? 2 : 1;
}

/** The texts to be embedded for a message, one a view. */
export function textsOf({ head, body }: Message, views: Views): readonly string[] {
  if (views === 1) return [`${head}\n${body}`.trim().slice(0, charactersMax)];
  const prose = proseOf(body);
  return [head.slice(0, charactersMax), (prose === "" ? head : prose).slice(0, proseCharactersMax)];
}

/** What people say first is what it is about; measured as good as the whole, and read in a third of the time. */
const proseCharactersMax = 600;

/** What somebody wrote, without code, logs in fences, comments, links, pictures, headings and boxes of a form. */
function proseOf(body: string): string {
  const prose = body
    .slice(0, bodyCharactersMax)
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, " ")
    .replaceAll(/```[\s\S]*?(?:```|$)/g, " ")
    .replaceAll(/!?\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)/g, " ")
    .replaceAll(/https?:\S+/g, " ")
    .replaceAll(/<[^>\n]{1,80}>/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^#+\s/.test(line) && !/^[-*] \[/.test(line))
    .join("\n");
  return prose === "" ? body.trim() : prose;
}

const bodyCharactersMax = 20_000;

/** The vectors of all views as one of unit length. */
export function joined(vectors: readonly Float32Array[]): Float32Array {
  const share = 1 / Math.sqrt(Math.max(1, vectors.length));
  const width = vectors.reduce((sum, vector) => sum + vector.length, 0);
  const whole = new Float32Array(width);
  let at = 0;
  for (const vector of vectors) {
    for (const value of vector) {
      whole[at] = value * share;
      at += 1;
    }
  }
  return whole;
}

/** "card_arrival" → "card arrival"; descriptions say more than names. */
export function nameText(choice: string, description = ""): string {
  const name = choice
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/[_\-./]+/g, " ")
    .trim();
  return description === "" ? name : `${name}: ${description}`;
}
