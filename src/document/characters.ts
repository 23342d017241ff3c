/** Clean-up of characters that every kind of document needs. Pure. */

/** Latin ligatures of fonts (ﬀ … ﬆ); other compatibility characters stay as they are printed. */
const ligatures = /[\uFB00-\uFB06]/g;

/** Soft hyphens, zero-width and direction marks, tag characters: they take no room and nobody sees them. */
const unseen =
  /\u00AD|\u034F|\u061C|\u180E|[\u200B-\u200F]|[\u202A-\u202E]|[\u2060-\u206F]|\uFEFF|[\uFFF9-\uFFFB]|[\u{E0000}-\u{E0FFF}]/gu;

/** Spaces of any width. */
const spaces = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g;

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u0008\u000B\u000E-\u001F\u007F-\u009F]|[\uFFFE\uFFFF]/g;

/** The same text as people see it: composed letters, plain spaces, nothing without ink. Keeps tabs, \n, \r and \f. */
export function clean(text: string): string {
  // Nearly all text is plain: one look instead of four passes.
  // oxlint-disable-next-line no-control-regex -- as above
  if (/^[\u0009\u000A\u000C\u000D\u0020-\u007E]*$/.test(text)) return text;
  return text
    .replaceAll(ligatures, (letter) => letter.normalize("NFKC"))
    .replaceAll(unseen, "")
    .replaceAll(spaces, " ")
    .replaceAll(controls, "")
    .toWellFormed()
    .normalize("NFC");
}

/** Half-open stretches of a text that hold no white space. */
export function wordsIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}
