/** Sizes and times as people write them. */

const bytesOf = { "": 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 } as const;
const millisecondsOf = { s: 1e3, min: 6e4, h: 36e5, d: 864e5, w: 6048e5, y: 365 * 864e5 } as const;

/** "50MB", "1.5 GB", "100000": bytes; null for what is no size. */
export function parseBytes(text: string): number | null {
  return parsed(text, /^(\d+(?:\.\d+)?)\s*(kb|mb|gb|tb|)$/, bytesOf);
}

/** "30d", "12h", "90min": milliseconds; null for what is no time. */
export function parseDuration(text: string): number | null {
  return parsed(text, /^(\d+(?:\.\d+)?)\s*(s|min|h|d|w|y)$/, millisecondsOf);
}

function parsed(text: string, form: RegExp, units: Readonly<Record<string, number>>): number | null {
  const [, number, unit = ""] = form.exec(text.trim().toLowerCase()) ?? [];
  const value = Math.round(Number(number) * (units[unit] ?? Number.NaN));
  return Number.isSafeInteger(value) ? value : null;
}

/** "1.2 MB": for people. */
export function writtenBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
