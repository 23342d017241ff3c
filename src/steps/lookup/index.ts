export { type CsvOptions, csv } from "./csv.ts";
export { type HttpOptions, http } from "./http.ts";
export { type LookupOptions, lookup } from "./lookup.ts";
export { type Setting, setting } from "./setting.ts";
export type { Source, SourceRow } from "./source.ts";
export { type SqlOptions, sql } from "./sql.ts";
