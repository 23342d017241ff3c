/** What customers are told, in their language. Texts with slots in braces: nothing else is ever put in. */

export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** A text for each thing that can be said; `{slot}` is filled with a fact. */
export const texts = {
  en: {
    hello: "Hello,",
    placed: "your order {number} of {placedOn} has come in and will be packed.",
    packed: "your order {number} of {placedOn} is packed and waits for the carrier.",
    shipped: "your order {number} left us on {shippedOn} with {carrier}.",
    delivered: "your order {number} was delivered by {carrier} on {dueOn}.",
    cancelled: "your order {number} of {placedOn} was cancelled.",
    due: "It should arrive by {dueOn}.",
    tracking: "The tracking number is {tracking}.",
    unknown: "we have no order {number}. Please check the number: it is in the confirmation we sent you.",
    which: "please tell us the number of your order, so that we can look. It is in the confirmation we sent you.",
    otherAddress:
      "we tell about order {number} only to the e-mail address it was placed with. Please write to us from that address.",
    later: "we cannot see our orders at the moment. We will write to you as soon as we can.",
    goodbye: "Kind regards",
  },
  de: {
    hello: "Guten Tag,",
    placed: "Ihre Bestellung {number} vom {placedOn} ist eingegangen und wird gepackt.",
    packed: "Ihre Bestellung {number} vom {placedOn} ist gepackt und wartet auf den Versand.",
    shipped: "Ihre Bestellung {number} ist am {shippedOn} mit {carrier} unterwegs gegangen.",
    delivered: "Ihre Bestellung {number} wurde am {dueOn} von {carrier} zugestellt.",
    cancelled: "Ihre Bestellung {number} vom {placedOn} wurde storniert.",
    due: "Sie sollte bis zum {dueOn} ankommen.",
    tracking: "Die Sendungsnummer ist {tracking}.",
    unknown:
      "eine Bestellung {number} haben wir nicht. Bitte prüfen Sie die Nummer: Sie steht in unserer Bestellbestätigung.",
    which:
      "bitte nennen Sie uns die Nummer Ihrer Bestellung, damit wir nachsehen können. Sie steht in unserer Bestellbestätigung.",
    otherAddress:
      "über die Bestellung {number} geben wir nur an die E-Mail-Adresse Auskunft, mit der sie aufgegeben wurde. Bitte schreiben Sie uns von dieser Adresse.",
    later: "wir können unsere Bestellungen gerade nicht einsehen. Wir schreiben Ihnen, sobald es geht.",
    goodbye: "Freundliche Grüße",
  },
} as const satisfies Record<Language, Record<string, string>>;

export type Text = keyof (typeof texts)["en"];

/**
 * One text with its slots filled.
 * @throws Error when a fact is missing: a reply with a hole must never be sent
 */
export function say(language: Language, text: Text, facts: Readonly<Record<string, string | null>> = {}): string {
  return texts[language][text].replaceAll(/\{(\w+)\}/g, (_, slot: string) => {
    const fact = facts[slot];
    if (fact === null || fact === undefined || fact === "") throw new Error(`No ${slot} to say "${text}" with.`);
    return fact;
  });
}

const locales: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };

/** "2026-03-12" → "12 March 2026", "12. März 2026". */
export function printedDay(iso: string, language: Language): string {
  const format = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Date(`${iso}T00:00:00Z`).toLocaleDateString(locales[language], format);
}

/** Words that only one of the two languages has, and that hardly any message does without. */
const tells: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(
    "the is my i you your have has where when please not it and of for to been still order thanks hello hi dear what can".split(
      " ",
    ),
  ),
  de: new Set(
    "ist ich meine mein sie ihre wo wann bitte nicht es und von für zu noch bestellung danke hallo guten wurde habe der die das".split(
      " ",
    ),
  ),
};

/** The language most of the small words are of; English where nothing tells. */
export function languageOf(text: string): Language {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const count = (language: Language) => words.filter((word) => tells[language].has(word)).length;
  return count("de") > count("en") ? "de" : "en";
}
