import { createHash } from "node:crypto";
import { countrySpecs } from "ibantools";
import { checkVAT, countries } from "jsvat";
import type { PersonalKind } from "./detect.ts";

/**
 * Stand-ins that look like what they stand for: same form, same length, valid check digits where the
 * original's are. The same seed, text and try give the same one.
 */
export function surrogateOf(kind: PersonalKind, text: string, seed: string, attempt: number): string {
  const chance = chanceFrom(`${seed}\n${kind}\n${text.toLowerCase()}\n${attempt}`);
  switch (kind) {
    case "email":
    case "web":
      return addressLike(text, chance);
    case "iban":
      return withIbanCheck(text, charactersLike(text, chance));
    case "vat":
      return vatLike(text, seed, attempt);
    case "card":
      return withLuhn(text, charactersLike(text, chance));
    case "date":
      return dateLike(text, chance);
    case "number":
    case "door":
    case "name":
      return charactersLike(text, chance);
  }
}

/** Numbers from 0 below n, as many as are asked for. */
type Chance = (n: number) => number;

function chanceFrom(seed: string): Chance {
  let block = createHash("sha256").update(seed).digest();
  let at = 0;
  return (n) => {
    if (at + 4 > block.length) {
      block = createHash("sha256").update(block).digest();
      at = 0;
    }
    const value = block.readUInt32BE(at);
    at += 4;
    return value % n;
  };
}

const vowels = "aeiou";
const consonants = "bcdfghklmnprstvz";
const alphabets: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Cyrillic}/u, "абвгдезиклмнопрстуф"],
  [/\p{Script=Greek}/u, "αβγδεζηθικλμνοπρστυ"],
];

/** Digits for digits, vowels for vowels, consonants for consonants, capitals for capitals; signs stay. */
function charactersLike(text: string, chance: Chance): string {
  return [...text.normalize("NFC")].map((character) => characterLike(character, chance)).join("");
}

function characterLike(character: string, chance: Chance): string {
  if (/\d/.test(character)) return String(chance(10));
  if (!/\p{L}/u.test(character)) return character;
  const base = character.normalize("NFD").charAt(0).toLowerCase();
  const other = alphabets.find(([script]) => script.test(character))?.[1];
  const letters = other ?? (vowels.includes(base) ? vowels : consonants);
  const made = letters.charAt(chance(letters.length));
  return character === character.toLowerCase() ? made : made.toUpperCase();
}

const kept = /^(?:https?:\/\/|www\.)+/i;

/** The words change; what makes it an address and its top domain stay. */
function addressLike(text: string, chance: Chance): string {
  const head = kept.exec(text)?.[0] ?? "";
  const rest = text.slice(head.length);
  const top = /\.[a-z]{2,3}(?=$|\/)/i.exec(rest);
  if (!top) return head + charactersLike(rest, chance);
  const end = top.index + top[0].length;
  return head + charactersLike(rest.slice(0, top.index), chance) + top[0] + charactersLike(rest.slice(end), chance);
}

/** Country and separators stay; the check digits are made right. */
function withIbanCheck(text: string, made: string): string {
  const country = text.slice(0, 2);
  const form = country + made.slice(2);
  const bare = form.replaceAll(/[^\p{L}\d]/gu, "").toUpperCase();
  if (!countrySpecs[country.toUpperCase()]) return form;
  const numeric = [...`${bare.slice(4)}${bare.slice(0, 2)}00`].map((one) => String(Number.parseInt(one, 36))).join("");
  const rest = [...numeric].reduce((sum, digit) => (sum * 10 + Number(digit)) % 97, 0);
  const check = String(98 - rest).padStart(2, "0");
  let at = 0;
  return [...form]
    .map((character) => {
      if (!/[\p{L}\d]/u.test(character)) return character;
      at += 1;
      return at === 3 || at === 4 ? check.charAt(at - 3) : character;
    })
    .join("");
}

/** The last digit makes the Luhn sum right where the original's was. */
function withLuhn(text: string, made: string): string {
  if (!isLuhn(text)) return made;
  const last = made.search(/\d\D*$/);
  const fits = [..."0123456789"].find((digit) => isLuhn(made.slice(0, last) + digit + made.slice(last + 1)));
  return made.slice(0, last) + (fits ?? "0") + made.slice(last + 1);
}

function isLuhn(text: string): boolean {
  const digits = [...text.replaceAll(/\D/g, "")].map(Number).toReversed();
  const sum = digits.reduce(
    (all, digit, at) => all + (at % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2),
    0,
  );
  return digits.length > 1 && sum % 10 === 0;
}

/** Check digits differ by country: drawn until they fit. */
const vatDraws = 400;

function vatLike(text: string, seed: string, attempt: number): string {
  const isValid = (form: string) => checkVAT(form.replaceAll(/[^A-Z0-9]/gi, "").toUpperCase(), countries).isValid;
  const prefix = /^(?:CHE|[A-Z]{2})/i.exec(text)?.[0] ?? "";
  const draw = (at: number) =>
    prefix + charactersLike(text.slice(prefix.length), chanceFrom(`${seed}\nvat\n${text}\n${attempt}\n${at}`));
  const draws = isValid(text) ? Array.from({ length: vatDraws }, (_, at) => at) : [];
  const fits = draws.find((at) => isValid(draw(at)));
  return draw(fits ?? 0);
}

/** Another day that exists, written the same way. */
function dateLike(text: string, chance: Chance): string {
  const year = (digits: string) => {
    const shifted = Number(digits) + 1 + chance(5) * (chance(2) === 0 ? 1 : -1);
    return digits.length === 2 ? String((shifted + 100) % 100).padStart(2, "0") : String(shifted);
  };
  const groups = text.match(/\d+/g) ?? [];
  let number = -1;
  return text.replaceAll(/\d+/g, (digits) => {
    number += 1;
    if (digits.length === 4 || (groups.length > 1 && number === groups.length - 1 && groups[0]?.length !== 4)) {
      return year(digits);
    }
    // Days from 13 on cannot be taken for months, and stay so.
    const value = Number(digits);
    const made = value > 12 ? 13 + chance(16) : 1 + chance(12);
    return digits.length === 2
      ? String(made).padStart(2, "0")
      : made < 10 || value >= 10
        ? String(made)
        : String((made % 9) + 1);
  });
}
