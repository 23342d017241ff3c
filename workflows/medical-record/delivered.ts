import { type Decision, type Delivery, type Span } from "weir";
import { type Fact, nameOf, type Value } from "./fact.ts";
import { Facts, type ListName, lists } from "./schema.ts";

/** A record that was reviewed: accepted facts with their places, as deliveries write them out. Pure. */

export interface Delivered {
  readonly facts: readonly DeliveredFact[];
  readonly patient: Readonly<Record<"name" | "birthDate" | "sex", string | null>>;
  readonly stated: Readonly<Record<ListName, string | null>>;
  readonly summary: readonly { readonly title: string; readonly sentences: readonly Sentence[] }[];
  readonly notice: string;
  readonly elsewhere: readonly string[];
  /** Whether a person decided any of it. */
  readonly reviewed: boolean;
}

export interface DeliveredFact extends Pick<Fact, "list" | "values" | "source"> {
  /** "problems.0". */
  readonly path: string;
  readonly by: Decision["by"];
}

export interface Sentence {
  readonly text: string;
  readonly source: readonly Span[];
}

export function deliveredOf({ draft, output }: Pick<Delivery, "draft" | "output">): Delivered {
  const accepted = Object.entries(draft.decisions).filter(
    ([, { status, value }]) => status === "accepted" && value !== null,
  );
  const at = new Map(accepted);
  const text = (path: string) => {
    const value = at.get(path)?.value;
    return typeof value === "string" ? value : null;
  };
  return {
    facts: lists.flatMap((list) => factsOf(list, at)),
    patient: { name: text("patient.name"), birthDate: text("patient.birthDate"), sex: text("patient.sex") },
    stated: Object.fromEntries(lists.map((list) => [list, text(`stated.${list}`)])) as Delivered["stated"],
    summary: summaryOf(output["summary"], at),
    notice: text("notice") ?? "",
    elsewhere: (at.get("coverage.elsewhere")?.value ?? []) as readonly string[],
    reviewed: accepted.some(([, { by }]) => by === "human"),
  };
}

type Accepted = ReadonlyMap<string, Decision>;

function factsOf(list: ListName, at: Accepted): readonly DeliveredFact[] {
  const facts: DeliveredFact[] = [];
  const keys = Object.keys(Facts.shape[list].element.shape);
  for (const index of indexesOf(list, at)) {
    const path = `${list}.${index}`;
    const found = keys.flatMap((key) => {
      const decision = at.get(`${path}.${key}`);
      return decision ? [[key, decision] as const] : [];
    });
    const values: Readonly<Record<string, Value>> = Object.fromEntries(found);
    const fact = { list, path, values, source: linesOf(found.flatMap(([, { source }]) => source)), by: byOf(found) };
    // An entry whose name a person refused is none.
    if (nameOf(fact) !== "") facts.push(fact);
  }
  return facts;
}

/** A person's word counts most. */
const byOf = (found: readonly (readonly [string, Decision])[]): Decision["by"] =>
  found.find(([, { by }]) => by === "human")?.[1].by ?? found[0]?.[1].by ?? "rule";

function indexesOf(list: string, at: Accepted): readonly number[] {
  const indexes = new Set<number>();
  for (const path of at.keys()) {
    const [name, index] = path.split(".");
    if (name === list && index !== undefined) indexes.add(Number(index));
  }
  return [...indexes].toSorted((a, b) => a - b);
}

/** Each line once, with the longest words of it. */
function linesOf(spans: readonly Span[]): readonly Span[] {
  const lines = new Map<string, Span>();
  for (const span of spans) {
    const key = `${span.page}:${span.line}`;
    const known = lines.get(key);
    if (!known || known.text.length < span.text.length) lines.set(key, span);
  }
  return [...lines.values()];
}

function summaryOf(summary: unknown, at: Accepted): Delivered["summary"] {
  if (!Array.isArray(summary)) return [];
  return summary.map((section: { title?: unknown; sentences?: unknown }, index) => ({
    title: typeof section.title === "string" ? section.title : "",
    sentences: (Array.isArray(section.sentences) ? section.sentences : []).flatMap((sentence: unknown, place) =>
      typeof sentence === "string"
        ? [{ text: sentence, source: at.get(`summary.${index}.sentences.${place}`)?.source ?? [] }]
        : [],
    ),
  }));
}

/** "[p1:12, p3:4]": pages and lines, each once. */
export function placesOf(source: readonly Span[]): string {
  const places = new Set(source.map(({ page, line }) => `p${page}:${line}`));
  return places.size === 0 ? "" : `[${[...places].join(", ")}]`;
}
