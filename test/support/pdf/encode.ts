/** Characters of Windows-1252 that are not where Unicode has them, from 0x80 on. */
const upper = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

/**
 * Text as WinAnsi bytes, what the standard fonts are set in.
 * @throws Error where a character is not in it, so that a fixture never prints a wrong letter
 */
export function winAnsi(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code;
    const at = upper.indexOf(character);
    if (at < 0) throw new Error(`"${character}" in "${text}" is not in WinAnsi.`);
    return 0x80 + at;
  });
}

/** A string as PDF writes it in hexadecimal: no escapes needed. */
export function hexString(bytes: Uint8Array): string {
  return `<${Buffer.from(bytes).toString("hex")}>`;
}

/** At most three decimals, never an exponent. */
export function number(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
