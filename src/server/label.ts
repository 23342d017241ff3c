const labelBytesMax = 255;

/**
 * A file name from outside as a label for people: no folders, no characters that cannot be seen or
 * that turn the line around, at most 255 bytes. It never names anything on the disk.
 */
export function label(name: string): string {
  const last = name.split(/[\\/]/u).at(-1) ?? "";
  const visible = last
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069\uFEFF]/gu, "")
    .trim();
  const short = endWithin(visible, labelBytesMax);
  return /^\.*$/u.test(short) ? "document" : short;
}

/** The end is kept: it says what kind of file it is. */
function endWithin(text: string, bytesMax: number): string {
  const encoder = new TextEncoder();
  const characters = [...text];
  let bytes = encoder.encode(text).length;
  let from = 0;
  for (; bytes > bytesMax; from++) bytes -= encoder.encode(characters[from]).length;
  return characters.slice(from).join("");
}
