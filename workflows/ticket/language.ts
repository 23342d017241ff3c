/** The language of a message, by its small words or its letters. */

/** Words that messages hardly do without. Some are shared: the language with most of them wins. */
const smallWords: Readonly<Record<string, string>> = {
  en: "the is my i you have has where when please not it and of for to been still order thanks hi dear what can with this was but from how do are me your",
  de: "ist ich meine mein sie ihre wo wann bitte nicht es und von für zu noch danke wurde habe der die das den dem mit auf eine ein wie kann mir bei aber sehr",
  fr: "le la les est je mon ma vous votre où quand pas et de des du pour une un merci bonjour dans que qui avec sur suis ai commande cette mais il comment",
  es: "el la los las es mi yo usted su dónde cuándo no y de para por una un gracias hola en que con está tengo pedido pero cómo se ha me",
  it: "il lo la gli è mio mia io lei dove quando non e di per una un grazie buongiorno che con sono ho ordine questo ma come si della nel",
  nl: "de het is mijn ik u uw waar wanneer niet en van voor een bedankt met op dat heb bestelling maar hoe kan mij nog naar deze graag zijn",
  pt: "o a os as é meu minha eu você onde quando não e de para uma um obrigado que com está tenho pedido mas como do da em no na",
  sv: "är min mitt jag du ni er var när inte och av för en ett tack hej med på att har beställning men hur kan mig den det som till",
  da: "er min mit jeg du de hvor hvornår ikke og af for en et tak hej med på at har bestilling men hvordan kan mig den det som til",
  pl: "jest moje moja ja gdzie kiedy nie i z dla na do się że mam proszę dziękuję jak czy w o ale zamówienie mój tego to od",
};

const sets = new Map(Object.entries(smallWords).map(([language, words]) => [language, new Set(words.split(" "))]));

/** Letters that tell the language, or nearly, without any words. */
const scripts: readonly (readonly [language: string, letters: RegExp])[] = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["ko", /\p{Script=Hangul}/gu],
  ["zh", /\p{Script=Han}/gu],
  ["uk", /[іїєґ]/giu],
  ["ru", /\p{Script=Cyrillic}/gu],
  ["el", /\p{Script=Greek}/gu],
  ["ar", /\p{Script=Arabic}/gu],
  ["he", /\p{Script=Hebrew}/gu],
];

export interface LanguageFound {
  readonly language: string;
  /** Share of the telling words or letters that are of this language, 0..1. */
  readonly share: number;
}

const wordsMin = 2;
const wordsMax = 2_000;

/** The language most of a message is in; null where nothing tells. */
export function languageOf(text: string): LanguageFound | null {
  const letters = (text.match(/\p{L}/gu) ?? []).length;
  for (const [language, script] of scripts) {
    const found = (text.match(script) ?? []).length;
    const enough = language === "uk" || language === "ja" ? 0.05 : 0.4;
    if (letters > 0 && found / letters >= enough) return { language, share: 1 };
  }
  const words = (text.toLowerCase().match(/\p{L}+/gu) ?? []).slice(0, wordsMax);
  const counts = [...sets].map(([language, set]) => ({
    language,
    count: words.filter((word) => set.has(word)).length,
  }));
  const [best, second] = counts.toSorted((a, b) => b.count - a.count);
  if (!best || !second || best.count < wordsMin || best.count === second.count) return null;
  return { language: best.language, share: best.count / (best.count + second.count) };
}
