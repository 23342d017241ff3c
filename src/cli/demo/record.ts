import { fileURLToPath } from "node:url";
import type { Json, Result } from "../../core/index.ts";
import { findWorkflow, process } from "../process.ts";
import { type Paint, plain, table } from "../render/text.ts";
import type { App, Shell } from "../shell.ts";
import { failure } from "./part.ts";

/** An invented discharge letter, read by the built-in workflow for clinical records. */
const letter = fileURLToPath(new URL("../../../fixtures/records/documents/discharge-letter.txt", import.meta.url));

export async function readRecord(app: App, shell: Shell): Promise<Result> {
  const workflow = await findWorkflow("medical-record", shell);
  const name = "discharge-letter.txt";
  const items = [{ id: name, name, source: { path: letter }, truth: null }];
  for await (const result of process(app, shell, { workflow, items, settings: {}, profile: null, fresh: true })) {
    if (result.error) throw failure(result.error, result.id);
    return result;
  }
  throw new Error("A run without a result.");
}

/** What is shown of it, each with the lists it is of. */
const shownLists = ["problems", "medications", "allergies", "immunizations"] as const;

export function recordText({ decisions }: Result, columns: number, paint: Paint): string {
  const rows = shownLists.flatMap((list) => {
    const names = Object.entries(decisions).filter(
      ([path]) => /^\w+\.\d+\.(?:name|substance)$/.test(path) && path.startsWith(`${list}.`),
    );
    if (names.length === 0) return [[list, String(decisions[`stated.${list}`]?.value), "", ""]];
    return names.map(([path, { value, source }], at) => {
      const entry = path.replace(/\.\w+$/, "");
      const [place] = source;
      return [
        at === 0 ? list : "",
        plain(String(value)),
        marks(entry, decisions),
        place ? `p${place.page}:${place.line}` : "",
      ];
    });
  });
  const lines = table(
    [
      { title: "list" },
      { title: "entry", least: 20 },
      { title: "said of it", least: 12 },
      { title: "line", paint: (text) => paint.dim(text) },
    ],
    rows,
    columns,
    paint,
  );
  const lineCount = Number(decisions["coverage.lines"]?.value ?? 0);
  const elsewhere = (decisions["coverage.elsewhere"]?.value ?? []) as readonly Json[];
  return [
    ...lines,
    "",
    `${lineCount} lines; in no known section and no fact: ${elsewhere.length === 0 ? "none" : elsewhere.join(", ")}.`,
    "“None known” and “not stated” are different answers. Nothing is delivered before a clinician has looked at it.",
  ].join("\n");
}

/** Status, dose and doubt of an entry, as far as it says them. */
function marks(entry: string, decisions: Result["decisions"]): string {
  const said = (key: string) => decisions[`${entry}.${key}`]?.value ?? null;
  const words = [said("status"), said("dose"), said("frequency")]
    .filter((one) => one !== null)
    .map((one) => plain(String(one)));
  return [
    ...words,
    ...(said("uncertain") === true ? ["uncertain"] : []),
    ...(said("negated") === true ? ["negated"] : []),
  ].join(", ");
}
