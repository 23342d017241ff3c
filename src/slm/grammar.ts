import { WeirError, type Json, type JsonObject } from "../core/index.ts";
import type { CallOptions, Model, TokenUse, WriteRequest } from "../ports/index.ts";
import { faultOf } from "./plan/check.ts";
import { planOf } from "./plan/plan.ts";
import { objectInstruction } from "./prompts.ts";

export interface ObjectRequest extends Omit<WriteRequest, "instruction" | "schema"> {
  /** JSON Schema of an object; the descriptions of its properties are told to the model. */
  readonly schema: JsonObject;
}

export interface ObjectReading {
  /** Fits the schema, also where a grammar cannot hold it. */
  readonly value: JsonObject;
  readonly tokens: TokenUse;
}

/**
 * Reads a whole object in one go, for models that are good at it. What the grammar does not hold (bounds,
 * patterns, long lengths) is checked afterwards, and an answer that breaks it is refused.
 * @throws WeirError `answer.cut-short`, `answer.invalid`, `model.context-overflow`, `workflow.invalid`
 */
export async function checkedObject(
  model: Model,
  request: ObjectRequest,
  options: CallOptions = {},
): Promise<ObjectReading> {
  const reading = await writeObject(model, request, options);
  const fault = faultOf(request.schema, reading.value);
  if (fault === null) return reading;
  throw new WeirError("answer.invalid", `What the model wrote does not fit the schema: ${fault}`);
}

/** The same unchecked, for callers with a check of their own that keeps what is right of it. */
export async function writeObject(
  model: Model,
  { schema, ...request }: ObjectRequest,
  options: CallOptions = {},
): Promise<ObjectReading> {
  const { written } = planOf(schema);
  const { text, tokens } = await model.write(
    { ...request, instruction: objectInstruction(schema), schema: written },
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
