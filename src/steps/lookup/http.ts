import { WeirError } from "../../core/index.ts";
import type { Schema, WebAnswer, WebFailure } from "../../ports/index.ts";
import { type Source, rowsMax, typedRows } from "./source.ts";

export interface HttpOptions<Row extends Schema> {
  /** `https://shop.example/orders/{key}`: names in braces are values, encoded; never in the host. */
  readonly url: string;
  /** JSON pointer to the row, or to a list of rows, in the answer; default the whole answer. */
  readonly pointer?: string;
  readonly row: Row;
  /** Sent along, e.g. a key; not part of the workflow's hash and never on record. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Default 1 MB. */
  readonly bytesMax?: number;
}

/** A system that answers GET with JSON. 404 means that there is no such thing. */
export function http<Row extends Schema, const Name extends string>(
  name: Name,
  options: HttpOptions<Row>,
): Source<Row, Name> {
  const { url, pointer = "", row, headers = () => ({}), timeoutMs = 10_000, bytesMax = 1_000_000 } = options;
  checkUrl(name, url);
  return {
    name,
    row,
    parameters: [...new Set([...url.matchAll(slot)].map(([, parameter = ""]) => parameter))],
    shape: { http: url, pointer, timeoutMs, bytesMax },
    find: async (values, { web, signal }) => {
      const filled = url.replaceAll(slot, (_, parameter: string) => encoded(values[parameter] ?? ""));
      const request = { method: "GET", url: filled, headers: headers(), timeoutMs, bytesMax, signal } as const;
      const answer = await web.request(request);
      const found = valueOf(name, answer, pointer);
      if (found === null || found === undefined) return [];
      return typedRows({ name, row }, (Array.isArray(found) ? found : [found]).slice(0, rowsMax));
    },
  };
}

const slot = /\{(\w+)\}/g;

/** Dots alone would walk up the path. */
function encoded(value: string): string {
  return /^\.{1,2}$/.test(value) ? value.replaceAll(".", "%2E") : encodeURIComponent(value);
}

function checkUrl(name: string, url: string): void {
  const invalid = (message: string) => new WeirError("workflow.invalid", `The address of ${name} ${message}.`);
  if (!/^https?:\/\/[^/{}?#]+(?:[/?]|$)/.test(url) || !URL.canParse(url.replaceAll(slot, "x"))) {
    throw invalid("must begin with http:// or https:// and a host without braces");
  }
  if (!slot.test(url)) throw invalid('has no value to ask with, e.g. "{key}"');
  slot.lastIndex = 0;
}

/** @throws WeirError */
function valueOf(name: string, answer: WebAnswer | WebFailure, pointer: string): unknown {
  if (!answer.ok) throw failed(answer);
  const { status, body } = answer;
  if (status === 404 || status === 410) return null;
  if (status === 429 || status >= 500) throw new WeirError("lookup.unreachable", `${name} answers with ${status}.`);
  if (status < 200 || status > 299) throw new WeirError("lookup.refused", `${name} answers with ${status}.`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new WeirError("lookup.bad-answer", `${name} answers with no JSON: ${body.slice(0, 60)}`, { cause });
  }
  return at(value, pointer);
}

function failed({ why, message }: WebFailure): WeirError {
  const codes = {
    airgap: "lookup.refused",
    redirect: "lookup.refused",
    unreachable: "lookup.unreachable",
    timeout: "lookup.timeout",
    "too-large": "lookup.bad-answer",
  } as const;
  return new WeirError(codes[why], message);
}

/** RFC 6901; undefined where nothing stands. */
function at(value: unknown, pointer: string): unknown {
  if (pointer === "") return value;
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(
      (here, key) =>
        here !== null && typeof here === "object" && Object.hasOwn(here, key)
          ? (here as Record<string, unknown>)[key]
          : undefined,
      value,
    );
}
