import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import { type BaseMessage, coerceMessageLikeToMessage } from "@langchain/core/messages";
import type { Said } from "../ports/index.ts";

/** What was said before, and what is answered now. */
export interface Conversation {
  readonly history: readonly Said[];
  readonly last: string;
}

/** A text, a prompt or messages, in all the ways LangChain lets them be written. */
export function messagesOf(input: BaseLanguageModelInput): readonly BaseMessage[] {
  if (typeof input === "string") return [coerceMessageLikeToMessage(input)];
  return Array.isArray(input) ? input.map((one) => coerceMessageLikeToMessage(one)) : input.toChatMessages();
}

/** Messages as turns: several of one side in a row are one, and what tools said is the user's. */
export function conversationOf(messages: readonly BaseMessage[]): Conversation {
  const turns: Said[] = [];
  for (const message of messages) {
    const [by, text] = [sideOf(message), message.text];
    const before = turns.at(-1);
    if (before?.by === by) turns[turns.length - 1] = { by, text: `${before.text}\n\n${text}` };
    else turns.push({ by, text });
  }
  const last = turns.at(-1);
  return last?.by === "user" ? { history: turns.slice(0, -1), last: last.text } : { history: turns, last: "" };
}

function sideOf(message: BaseMessage): Said["by"] {
  const type = message.getType();
  if (type === "system" || type === "developer") return "system";
  return type === "ai" ? "model" : "user";
}
