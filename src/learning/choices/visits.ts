/** Every index once, shuffled anew each pass, always in the same way: the same rows give the same head. */
export function visits(count: number, pass: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_zero, at) => at);
  let state = (0x9e3779b9 * (pass + 1)) >>> 0;
  for (let at = count - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    const kept = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
