import { type IncomingHttpHeaders, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An OpenAI-compatible server in this process that keeps every byte it was sent. */
export interface CloudServer {
  /** Up to and with "/v1". */
  readonly url: string;
  /** Requests in the order they came. */
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server sends back; a string is the text of the model's message. */
export type Reply =
  | string
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
      /** The body has more bytes than are sent before the connection breaks. */
      readonly cutAt?: number;
    }
  /** Never answers. */
  | "hang";

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** @param answer the model's message for a request, or another reply */
export async function cloudServer(
  answer: (request: ChatRequest, count: number) => Reply | Promise<Reply>,
): Promise<CloudServer> {
  const requests: ReceivedRequest[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const { method = "", url = "", headers } = request;
      requests.push({ method, path: url, headers, body });
      if (method === "GET") {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ object: "list", data: [{ id: "oracle", object: "model", owned_by: "test" }] }));
        return;
      }
      const chat = JSON.parse(body) as ChatRequest;
      const reply = await answer(chat, requests.length);
      if (reply === "hang") return;
      const {
        status = 200,
        headers: extra = {},
        body: text,
        cutAt,
      } = typeof reply === "string" ? { body: completion(chat, reply) } : { ...reply };
      response.writeHead(status, {
        "content-type": "application/json",
        ...(cutAt === undefined ? {} : { "content-length": String(Buffer.byteLength(text)) }),
        ...extra,
      });
      if (cutAt === undefined) response.end(text);
      else response.write(text.slice(0, cutAt), () => request.socket.destroy());
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** A chat completion as the official client expects it. Tokens are counted as words. */
export function completion(request: ChatRequest, content: string, finishReason = "stop"): string {
  const words = (text: string) => text.split(/\s+/).length;
  const prompt = request.messages.reduce((sum, message) => sum + words(message.content), 0);
  const tokens = words(content);
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: request.model,
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: finishReason },
    ],
    usage: { prompt_tokens: prompt, completion_tokens: tokens, total_tokens: prompt + tokens },
  });
}

/** The questions of a request: what is asked for, and candidates in the order of their letters, as they were sent. */
function questionsIn(request: ChatRequest): readonly AskedQuestion[] {
  const [, text = ""] = (request.messages.at(-1)?.content ?? "").split("\n\n");
  const questions: { title: string; candidates: string[] }[] = [];
  for (const line of text.split("\n")) {
    const candidate = /^[a-z] (.*)$/.exec(line)?.[1];
    if (candidate === undefined) questions.push({ title: line.replace(/^\d+\) /, ""), candidates: [] });
    else questions.at(-1)?.candidates.push(candidate);
  }
  return questions;
}

export interface AskedQuestion {
  readonly title: string;
  readonly candidates: readonly string[];
}

/** Answers every question: with the place of a candidate, with a copied value, or with null where nothing is right. */
export function answers(request: ChatRequest, answer: (question: AskedQuestion) => number | string | null): string {
  const given = questionsIn(request).map(answer);
  return JSON.stringify({
    answers: given.map((one) => (typeof one === "number" ? String.fromCharCode(97 + one) : (one ?? "-"))),
  });
}
