/** 0..1 of the way through the sorted values; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** "2.3×"; a dash where there is nothing to compare with. */
export const times = (more: number, less: number): string =>
  less > 0 && more > 0 ? `${(more / less).toFixed(1)}×` : "–";

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Rows of a Markdown table. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
