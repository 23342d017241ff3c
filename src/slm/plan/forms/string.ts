import type { Json, JsonObject } from "../../../core/index.ts";
import type { DialectWriter } from "../dialect.ts";
import { numberOf } from "../keywords.ts";
import { repetitionMax } from "../limits.ts";

/** Written digit by digit; every other format is left to the check. */
const formatsWritten: ReadonlySet<string> = new Set(["date", "date-time", "time", "uuid"]);
/** What may be this long does not stand on a page in one piece. */
const proseMin = 200;

export function stringForm(schema: JsonObject, path: string, writer: DialectWriter): JsonObject {
  const { format, pattern } = schema;
  if (pattern !== undefined) writer.lose(path, "pattern", "unchecked");
  const isWritten = typeof format === "string" && formatsWritten.has(format);
  if (format !== undefined && !isWritten) writer.lose(path, "format", "unchecked");
  const lengths: Record<string, Json> = {};
  for (const keyword of ["minLength", "maxLength"] as const) {
    const value = numberOf(schema[keyword]);
    if (value === null || (keyword === "minLength" && value <= 0)) continue;
    if (!isWritten && value <= repetitionMax) lengths[keyword] = value;
    else writer.lose(path, keyword, "unchecked");
  }
  if (isWritten) return { type: "string", format };
  const longest = numberOf(schema["maxLength"]) ?? 0;
  return { type: "string", ...lengths, ...(longest >= proseMin ? { weir: "prose" } : {}) };
}
