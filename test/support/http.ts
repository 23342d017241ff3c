import { connect } from "node:net";
import type { z } from "zod";
import { expect, onTestFinished } from "vitest";
import type { problemSchema } from "../../src/api/index.ts";
import type { Clock } from "../../src/ports/index.ts";
import { type ServerOptions, createServer } from "../../src/server/server.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { MemoryService } from "./service.ts";

export interface Started {
  readonly url: URL;
  readonly service: MemoryService;
  /** Errors of the server's own making. */
  readonly errors: unknown[];
  close(): Promise<void>;
}

/** A server on a free port, over a service in memory; closed when the test ends. */
export async function startServer(options: Partial<ServerOptions> = {}, clock: Clock = systemClock): Promise<Started> {
  const service = new MemoryService(clock);
  const errors: unknown[] = [];
  const server = createServer({
    service,
    clock,
    keys: [],
    port: 0,
    version: "0.0.0-test",
    onError: (error) => errors.push(error),
    ...options,
    limits: { graceMs: 200, ...options.limits },
  });
  const url = await server.listen();
  onTestFinished(() => server.close());
  return { url, service, errors, close: () => server.close() };
}

/** A form with one file. */
export function fileForm(text: string, name = "a.txt", part = "file"): FormData {
  const form = new FormData();
  form.append(part, new Blob([text]), name);
  return form;
}

/** Sends bytes as they are and collects the answer until the server closes, for what fetch refuses to send. */
export async function rawRequest({ hostname, port }: URL, request: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => (answer += chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

/** A GET with headers that fetch would not send. */
export async function rawGet(url: URL, path: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries({ connection: "close", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return await rawRequest(url, `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

type Problem = z.infer<typeof problemSchema>;

/** The problem in an answer, which must be one, and must not show anything of our insides. */
export async function problemIn(answer: Response): Promise<Problem> {
  expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const problem = (await answer.json()) as Problem;
  expect(problem).toMatchObject({ type: "about:blank", status: answer.status });
  expect(JSON.stringify(problem)).not.toMatch(/ at .*:\d+:\d+|node_modules/u);
  return problem;
}

/** What fetch wants for a JSON body. */
export const postJson = (body: unknown, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
/** What fetch wants for a form. */
export const postForm = (body: FormData, headers: Record<string, string> = {}) => ({ method: "POST", headers, body });
