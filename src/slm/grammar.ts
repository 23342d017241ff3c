import { WeirError, type Json, type JsonObject } from "../core/index.ts";
import type { CallOptions, Model, TokenUse } from "../ports/index.ts";
import { objectInstruction } from "./prompts.ts";

export interface ObjectRequest {
  readonly document: string;
  /** JSON Schema of an object; the descriptions of its properties are told to the model. */
  readonly schema: JsonObject;
  readonly tokensMax: number;
}

export interface ObjectReading {
  /** Has the schema's form; bounds, patterns and lengths are still to be checked by the schema itself. */
  readonly value: JsonObject;
  readonly tokens: TokenUse;
}

/**
 * Reads a whole object in one go, for models that are good at it.
 * @throws WeirError `answer.cut-short`, `answer.invalid`, `model.context-overflow`
 */
export async function readObject(
  model: Model,
  request: ObjectRequest,
  options: CallOptions = {},
): Promise<ObjectReading> {
  const { document, schema, tokensMax } = request;
  const { text, tokens } = await model.write(
    { document, instruction: objectInstruction(schema), schema, tokensMax },
    options,
  );
  return { value: parseObject(text), tokens };
}

function parseObject(text: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new WeirError("answer.invalid", `The model wrote no JSON: ${text.slice(0, 80)}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new WeirError("answer.invalid", `The model wrote no object: ${text.slice(0, 80)}`);
  }
  return value as JsonObject;
}
