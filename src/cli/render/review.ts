import type { ReviewView } from "../../ports/index.ts";
import { doubtLines, fieldTable, shown } from "./result.ts";
import { type Paint, plain, table } from "./text.ts";

/** What waits for a person, in plain words. */

export function reviewTable(views: readonly ReviewView[], columns: number, paint: Paint): string {
  const heads = [
    { title: "run" },
    { title: "workflow" },
    { title: "document", least: 12 },
    { title: "open", align: "right" as const },
    { title: "first doubt", least: 20 },
  ];
  const rows = views.map(({ run, doubts }) => [
    run.id,
    run.workflow.name,
    plain(run.itemId),
    String(doubts.length),
    plain(doubts[0]?.message ?? ""),
  ]);
  return [...table(heads, rows, columns, paint), "", "Look at one: weir review RUN"].join("\n");
}

/** One review: the doubts, the doubted values with where they stand, and the commands that settle them. */
export function reviewPage({ run, doubts, decisions }: ReviewView, columns: number, paint: Paint): string {
  const paths = new Set(doubts.flatMap((doubt) => doubt.paths));
  const doubted = Object.entries(decisions).filter(([path]) => paths.size === 0 || paths.has(path));
  const others = doubted.flatMap(([path, { alternatives }]) =>
    alternatives.length === 0 ? [] : [`  ${path}: ${alternatives.map(({ value }) => shown(value)).join(" · ")}`],
  );
  return [
    `${paint.bold(plain(run.itemId))}  ${paint.dim(`run ${run.id}`)}`,
    ...doubtLines(doubts, paint),
    "",
    ...fieldTable(doubted, columns, paint),
    ...(others.length > 0 ? ["", "Other values found:", ...others] : []),
    "",
    ...commands(run.id, doubted),
  ].join("\n");
}

function commands(run: string, doubted: readonly (readonly [string, { readonly value: unknown }])[]): string[] {
  const withValue = doubted.find(([, { value }]) => value !== null)?.[0];
  const first = doubted[0]?.[0];
  return [
    ...(first ? [`Correct a value:    weir review ${run} --set ${first}=VALUE`] : []),
    ...(withValue ? [`Accept a value:     weir review ${run} --accept ${withValue}`] : []),
    `Accept all of them: weir review ${run} --accept-all`,
  ];
}
