import type { JsonObject } from "../../core/index.ts";
import { decimalOfNano } from "../../core/index.ts";
import type { LedgerEntry } from "../../ports/index.ts";
import type { Shell } from "../shell.ts";
import { type Paint, ago, plain, table } from "./text.ts";

/** What left, one line an entry. */
export function ledgerTable(
  entries: readonly LedgerEntry[],
  { columns, paint, clock }: Pick<Shell, "columns" | "paint" | "clock">,
): string {
  const heads = [
    { title: "entry" },
    { title: "" },
    { title: "run" },
    { title: "model" },
    { title: "about", least: 12 },
    { title: "tokens" },
    { title: "cost" },
    { title: "when" },
  ];
  const rows = entries.map(({ seq, kind, run, data, at, erased }) => [
    String(seq),
    kind === "sent" ? "→ sent" : "← received",
    run,
    ...(erased ? ["", "erased with its document", "", ""] : columnsOf(kind, data)),
    ago(clock.now() - at),
  ]);
  return `${table(heads, rows, columns, paint).join("\n")}\n\nEvery byte for one document: weir ledger RUN`;
}

function columnsOf(kind: LedgerEntry["kind"], data: JsonObject): readonly string[] {
  const model = String(data["model"]);
  if (kind === "sent") return [model, listed(data["paths"]), "", ""];
  const tokens = Number(data["promptTokens"]) + Number(data["completionTokens"]);
  return [model, outcome(data), String(tokens), decimalOfNano(Number(data["costNano"]))];
}

/** Everything that left for one run, as it left. */
export function ledgerDetail(entries: readonly LedgerEntry[], paint: Paint): string {
  return entries.map((entry) => entryDetail(entry, paint)).join("\n\n");
}

function entryDetail({ seq, kind, data, body, at, hash }: LedgerEntry, paint: Paint): string {
  const when = new Date(at).toISOString();
  const { request, response } = data;
  const lines =
    kind === "sent"
      ? [
          paint.bold(`→ ${seq} sent ${when} to ${String(data["model"])} about ${listed(data["paths"])}`),
          `${String((request as JsonObject)["method"])} ${String((request as JsonObject)["url"])}`,
          ...headersOf(request as JsonObject),
        ]
      : [
          paint.bold(`← ${seq} received ${when}: ${outcome(data)}`),
          ...(response
            ? [`HTTP ${String((response as JsonObject)["status"])}`, ...headersOf(response as JsonObject)]
            : []),
        ];
  const text = body === null ? "" : plain(new TextDecoder().decode(body));
  const said = saidIn(text)
    .flatMap((one) => `\n${one}`.split("\n"))
    .map((line) => `  ${plain(line)}`.trimEnd());
  const legible = said.length === 0 ? [] : ["", paint.dim("what is said in it:"), ...said];
  return [...lines, "", text, ...legible, "", paint.dim(`hash ${hash}`)].join("\n");
}

/** Texts of a JSON body that have several lines: as bytes they are hard to read. */
function saidIn(body: string): readonly string[] {
  const texts: string[] = [];
  try {
    JSON.parse(body, (_key, value: unknown) => {
      if (typeof value === "string" && value.includes("\n")) texts.push(value);
      return value;
    });
  } catch {
    return [];
  }
  return texts;
}

function headersOf({ headers }: JsonObject): readonly string[] {
  return Object.entries((headers ?? {}) as JsonObject).map(([name, value]) => `${name}: ${String(value)}`);
}

function outcome(data: JsonObject): string {
  return data["problem"] === null ? String(data["status"]) : `${String(data["status"])}: ${String(data["problem"])}`;
}

function listed(paths: unknown): string {
  return Array.isArray(paths) ? paths.map(String).join(", ") : "";
}

export function notAsked(run: string | null): string {
  return run === null ? "Nothing has left this machine." : `Nothing left this machine for run ${run}.`;
}
