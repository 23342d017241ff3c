import type { GgufValue } from "../../src/models/gguf/format.ts";
import type { Family } from "./random-model.ts";

/** What each family writes around a turn. */
const turns: Readonly<Record<Family, { readonly open: string; readonly close: string; readonly model: string }>> = {
  llama: { open: "<|im_start|>", close: "<|im_end|>", model: "assistant" },
  qwen3: { open: "<|im_start|>", close: "<|im_end|>", model: "assistant" },
  lfm2: { open: "<|im_start|>", close: "<|im_end|>", model: "assistant" },
  gemma3: { open: "<start_of_turn>", close: "<end_of_turn>", model: "model" },
};

/** How the family splits a text before it makes tokens of it. */
const splits: Readonly<Record<Family, string>> = { llama: "smollm", qwen3: "qwen2", lfm2: "lfm2", gemma3: "smollm" };

/** Pairs that become one token, so that a text can be cut in more than one way. */
const words = "the total is date invoice company number and 00 in er on re 20".split(" ");

/**
 * A vocabulary of all bytes, some words and the family's control tokens, as byte-level BPE.
 * @param size entries it is filled up to
 */
export function byteVocabulary(family: Family, size: number): ReadonlyMap<string, GgufValue> {
  const { open, close, model } = turns[family];
  const control = ["<|endoftext|>", open, close];
  const tokens = Array.from({ length: 256 }, (_, byte) => printedByte(byte));
  const known = new Set(tokens);
  const merges: string[] = [];
  for (const word of words.flatMap((one) => [one, ` ${one}`])) {
    const letters = [...Buffer.from(word)].map(printedByte);
    for (let at = 1; at < letters.length; at++) {
      const [before, whole] = [letters.slice(0, at).join(""), letters.slice(0, at + 1).join("")];
      if (known.has(whole)) continue;
      known.add(whole);
      tokens.push(whole);
      merges.push(`${before} ${letters[at]}`);
    }
  }
  const filler = Array.from({ length: Math.max(0, size - tokens.length - control.length) }, (_, at) => `\u{e000}${at}`);
  const all = [...control, ...tokens, ...filler];
  const template =
    `{% for message in messages %}{{'${open}' + message['role'] + '\\n' + message['content'] + '${close}' + '\\n'}}` +
    `{% endfor %}{% if add_generation_prompt %}{{ '${open}${model}\\n' }}{% endif %}`;
  const text = (value: string): GgufValue => ({ type: "string", value });
  const u32 = (value: number): GgufValue => ({ type: "uint32", value });
  return new Map<string, GgufValue>([
    ["tokenizer.ggml.model", text("gpt2")],
    ["tokenizer.ggml.pre", text(splits[family])],
    ["tokenizer.ggml.tokens", { type: "array", of: "string", value: all }],
    [
      "tokenizer.ggml.token_type",
      { type: "array", of: "int32", value: all.map((_, at) => (at < control.length ? 3 : 1)) },
    ],
    ["tokenizer.ggml.merges", { type: "array", of: "string", value: merges }],
    ["tokenizer.ggml.add_bos_token", { type: "bool", value: false }],
    ["tokenizer.ggml.bos_token_id", u32(0)],
    ["tokenizer.ggml.eos_token_id", u32(2)],
    ["tokenizer.ggml.padding_token_id", u32(0)],
    ["tokenizer.chat_template", text(template)],
  ]);
}

/** GPT-2's way to print a byte: itself where it shows, else a character from 256 on. */
function printedByte(byte: number): string {
  return String.fromCodePoint(shown(byte) ? byte : 256 + hidden.indexOf(byte));
}

function shown(byte: number): boolean {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

const hidden = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !shown(byte));
