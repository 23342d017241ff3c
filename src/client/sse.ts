/** One frame of a stream of server-sent events. */
export interface Frame {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/** The frames of a stream, as the HTML standard reads them; comments and `retry` are not for us. */
export async function* readFrames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  let lines: string[] = [];
  for await (const line of readLines(body)) {
    if (line !== "") {
      lines.push(line);
      continue;
    }
    const frame = toFrame(lines);
    lines = [];
    if (frame) yield frame;
  }
  // A frame that the end of the stream cut off is not one.
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/u);
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function toFrame(lines: readonly string[]): Frame | null {
  const fields = lines.filter((line) => !line.startsWith(":")).map(toField);
  const last = (name: string) => fields.findLast((field) => field.name === name)?.value;
  const data = fields.filter(({ name }) => name === "data").map(({ value }) => value);
  if (data.length === 0) return null;
  return { event: last("event") ?? "message", data: data.join("\n"), id: last("id") ?? null };
}

function toField(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(":");
  if (colon === -1) return { name: line, value: "" };
  return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /u, "") };
}
