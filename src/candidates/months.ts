/** Month names and their usual short forms, without accents, in the languages invoices come in. */
const names: readonly (readonly string[])[] = [
  "january jan januar janeiro jaenner janner janvier janv januari enero ene gennaio gen",
  "february feb februar februari fevereiro fevrier fevr fev febrero febbraio",
  "march mar marz maerz mrz mars marts marco maart mrt marzo",
  "april apr avril avr abril abr aprile",
  "may mai maj maio mei mayo maggio mag",
  "june jun juni juin junho junio giugno giu",
  "july jul juli juillet juil julho julio luglio lug",
  "august aug aout augusti augustus agosto ago",
  "september sep sept septembre septiembre settembre set setembro",
  "october oct oktober okt octobre octubre outubro ottobre ott",
  "november nov novembre noviembre",
  "december dec dezember dez decembre dezembro diciembre dic dicembre",
].map((line) => line.split(" "));

const months = new Map(names.flatMap((list, at) => list.map((name) => [name, at + 1] as const)));

/** 1..12, or null where the word is no month. */
export function monthOf(word: string): number | null {
  return months.get(plain(word)) ?? null;
}

/** Lower case without accents and dots. */
function plain(word: string): string {
  return word
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f.]/g, "");
}
