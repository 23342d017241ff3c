import type { RunFilter, RunRecord, Service } from "../ports/index.ts";

/** As many as the store hands out at once. */
const pageRuns = 200;

/** All runs that fit, newest first, one page in memory at a time; `limit` is the size of a page. */
export async function* eachRun(
  service: Pick<Service, "list">,
  filter: Omit<RunFilter, "cursor">,
): AsyncGenerator<RunRecord> {
  for (let cursor: string | null = null; ;) {
    const page = await service.list({ limit: pageRuns, ...filter, ...(cursor === null ? {} : { cursor }) });
    yield* page.runs;
    cursor = page.cursor;
    if (cursor === null) return;
  }
}
