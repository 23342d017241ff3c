import { writeGguf } from "../../src/models/gguf/write.ts";

/** A LoRA adapter for one projection of every layer, all its numbers `size`; it changes what a model says a little. */
export async function randomAdapter(
  path: string,
  {
    architecture,
    layers,
    width,
    size,
  }: Readonly<{ architecture: string; layers: number; width: number; size: number }>,
): Promise<void> {
  const rank = 4;
  const tensors = Array.from({ length: layers }, (_, layer) => {
    const shapes = { a: [width, rank], b: [rank, width] };
    return (["a", "b"] as const).map((part) => ({
      name: `blk.${layer}.attn_output.weight.lora_${part}`,
      shape: shapes[part],
      type: "f32" as const,
      bytes: async () =>
        new Uint8Array(Float32Array.from({ length: width * rank }, (_zero, at) => size * ((at % 7) - 3)).buffer),
    }));
  }).flat();
  await writeGguf(
    path,
    new Map([
      ["general.architecture", { type: "string", value: architecture }],
      ["general.type", { type: "string", value: "adapter" }],
      ["adapter.type", { type: "string", value: "lora" }],
      ["adapter.lora.alpha", { type: "float32", value: 8 }],
    ]),
    tensors,
  );
}
