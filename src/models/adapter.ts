import { stat } from "node:fs/promises";
import { WeirError } from "../core/index.ts";
import { textOf, type GgufHeader } from "./gguf/format.ts";
import { readHeader } from "./gguf/read.ts";
import type { LoadPlan } from "./protocol.ts";

/**
 * Checks that a LoRA adapter was made for this model, from the headers alone: llama.cpp takes an adapter
 * whose tensors happen to fit and answers nonsense with it, or ends the process.
 * @throws WeirError `model.adapter`
 */
export async function adapterFor(
  path: string,
  model: { readonly name: string; readonly header: GgufHeader },
): Promise<NonNullable<LoadPlan["adapter"]>> {
  const refuse = (why: string) => new WeirError("model.adapter", `The adapter ${path} does not fit: ${why}.`);
  const header = await readHeader(path).catch((thrown: unknown) => {
    throw thrown instanceof WeirError ? refuse(thrown.message.replace(/\.$/, "")) : thrown;
  });
  const kind = textOf(header.metadata, "general.type");
  if (kind !== "adapter" || textOf(header.metadata, "adapter.type") !== "lora") {
    throw refuse(`it is ${kind === null ? "no adapter" : `a ${kind}`}, not a LoRA adapter`);
  }
  const [own, wanted] = [header, model.header].map(({ metadata }) => textOf(metadata, "general.architecture"));
  if (own !== wanted) throw refuse(`it was made for ${own} models, and ${model.name} is ${wanted}`);
  const shapes = new Map(model.header.tensors.map(({ name, shape }) => [name, shape]));
  for (const { name, shape } of header.tensors) {
    const base = name.replace(/\.lora_[ab]$/, "");
    const whole = shapes.get(base);
    if (whole === undefined) throw refuse(`${model.name} has no ${base}`);
    const [inner, outer] = name.endsWith(".lora_a") ? [shape[0], whole[0]] : [shape[1], whole[1]];
    if (inner !== outer) throw refuse(`its ${base} is ${inner} wide, that of ${model.name} ${outer}`);
  }
  const { size, mtimeMs } = await stat(path);
  return { path, id: `${path}:${size}:${mtimeMs}` };
}
