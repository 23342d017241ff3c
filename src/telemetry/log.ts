import { pino } from "pino";
import pc from "picocolors";
import type { Fields, LogLevel, Telemetry } from "../ports/index.ts";

export interface LogSettings {
  readonly level: LogLevel | "silent";
  /** One JSON object a line, or words for a terminal. */
  readonly format: "json" | "text";
  readonly color: boolean;
}

/**
 * One line about one change, with what it is about as fields. There is no way to write a sentence: what
 * a document says, or an error says about it, has no place to go.
 */
export function openLog({ level, format, color }: LogSettings, write: (line: string) => void): Telemetry["log"] {
  const destination = { write: format === "json" ? write : (line: string) => write(inWords(line, color)) };
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return (at, event, fields = {}) => logger[at](fields, event);
}

/** `21:04:07 run.succeeded invoice run=01J… ms=812` */
function inWords(line: string, color: boolean): string {
  const { level, time, pid: _, event, ...fields } = JSON.parse(line) as Fields & { level: LogLevel };
  const paint = pc.createColors(color);
  const colors = { debug: paint.dim, info: paint.green, warn: paint.yellow, error: paint.red };
  const known = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}=${quoted(value)}`]));
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  return `${paint.dim(clock)} ${[colors[level](String(event)), ...known].join(" ")}\n`;
}

/** Control characters are spelled out: a name must not move the cursor. */
function quoted(value: Fields[string]): string {
  const text = String(value);
  return /^[\w.:/@*+-]+$/.test(text) ? text : JSON.stringify(text);
}
