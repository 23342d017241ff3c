import type { Decision, Json, Line } from "weir";
import type { Letter } from "../../src/candidates/index.ts";
import { ruled, spanOf } from "./facts.ts";
import { type Language, languages } from "./replies.ts";

/** Where an order is, when it comes, whether it has left: what a shop's database knows. */
const asksWhereItIs: Readonly<Record<Language, RegExp>> = {
  en: new RegExp(
    [
      String.raw`\bwhere(?:'s| is| are|abouts)\b.{0,40}\b(?:orders?|parcels?|packages?|deliver(?:y|ies)|shipments?|things?|it|they)\b`,
      String.raw`\b(?:status|whereabouts|news|word|update|sign|track(?:ing)?)\b.{0,30}\b(?:orders?|parcels?|packages?|deliver(?:y|ies)|shipments?)\b`,
      String.raw`\b(?:order|delivery|shipping) status\b|\btrack(?:ing)? (?:number|link|code)\b`,
      String.raw`\bwhen\b.{0,40}\b(?:arrives?|arriving|come|get here|be here|delivered|dispatched|shipped|ships?|expect)\b`,
      String.raw`\b(?:has|have|is|are|was|were)(?:n't| not)?\b.{0,40}\b(?:shipped|dispatched|on (?:its|the|their) way|left|sent out|delivered|arrived)\b`,
      String.raw`\b(?:still|not|never|nothing|n't)\b.{0,40}\b(?:arrived|come|received|got|waiting|delivered|turned up|shown up|here)\b`,
    ].join("|"),
    "i",
  ),
  de: new RegExp(
    [
      String.raw`\bwo\b.{0,40}\b(?:bestellung(?:en)?|paket(?:e)?|päckchen|lieferung(?:en)?|sendung(?:en)?|ware|sachen|es|sie)\b`,
      String.raw`\b(?:status|stand|verbleib|neues|neuigkeiten)\b.{0,40}\b(?:bestellung(?:en)?|pakets?|lieferung(?:en)?|sendung(?:en)?)\b`,
      String.raw`\b(?:bestell|liefer|versand)status\b|\bsendungs(?:nummer|verfolgung)\b`,
      String.raw`\bwann\b.{0,60}\b(?:kommt|kommen|ankommt|ankommen|da|geliefert|verschickt|versandt|versendet|rechnen|eintreffen|eintrifft)\b`,
      String.raw`\b(?:ist|sind|wurde|wurden)\b.{0,60}\b(?:unterwegs|verschickt|versandt|versendet|losgegangen|zugestellt|angekommen|raus)\b`,
      String.raw`\b(?:noch|nicht|nichts|nie|warte)\b.{0,60}\b(?:angekommen|da|erhalten|bekommen|gekommen|warte|geliefert|zugestellt|auf)\b`,
    ].join("|"),
    "i",
  ),
};

/** An order is what is asked about: its own word, or what comes of one. */
const speaksOfAnOrder =
  /\b(?:order(?:s|ed)?|parcels?|packages?|deliver(?:y|ies|ed)|shipments?|bestell(?:t|ung|ungen|nummer|status)|pakete?|päckchen|lieferung(?:en)?|sendung(?:en)?|geliefert)\b/i;

export interface Shop {
  /** Whether its database is given. */
  readonly isThere: boolean;
  /** Routes of messages about the whereabouts of orders. */
  readonly routes: readonly string[];
}

/** What `--set shop=FILE.sqlite` and `--set orders=ROUTE,ROUTE` say. */
export function shopOf(settings: Readonly<Record<string, string>>): Shop {
  const routes = (settings["orders"] ?? "").split(",").map((route) => route.trim());
  return { isThere: settings["shop"] !== undefined, routes: routes.filter((route) => route !== "") };
}

/**
 * Who can answer. The shop's database answers questions about the whereabouts of an order, by their route or their
 * words, in a language that replies are written in; everything else is for people. Looking up does no harm, so a
 * doubted route will do: a person sees the answer before it goes out.
 */
export function answeredBy(
  letter: Letter,
  shop: Shop,
  said: { readonly language: Json; readonly route: Json },
): Decision {
  const spoken = languages.find((one) => one === said.language);
  const isOfRoute = shop.routes.includes(String(said.route));
  const asking = spoken && askingLine(letter, spoken);
  const isForShop = shop.isThere && spoken !== undefined && (isOfRoute || asking !== undefined);
  return ruled({
    value: isForShop ? "shop" : "people",
    source: isForShop && asking ? [spanOf(asking, asking.text.trim())] : [],
    evidence: { "order.asked": Number(asking !== undefined), "order.route": Number(isOfRoute) },
  });
}

function askingLine({ headers, own }: Letter, language: Language): Line | undefined {
  const subject = headers.get("subject")?.line;
  const lines = subject ? [subject, ...own] : own;
  if (!lines.some(({ text }) => speaksOfAnOrder.test(text))) return undefined;
  return lines.find(({ text }) => asksWhereItIs[language].test(text));
}
