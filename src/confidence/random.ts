/** Chance that is the same for the same seed. */

/** A 32-bit number for a text, even over all texts; another seed gives another one. */
export function hash32(text: string, seed = 0): number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    state = Math.imul(state ^ text.charCodeAt(at), 0xcc9e2d51);
    state = (state << 15) | (state >>> 17);
  }
  return mixed(state);
}

/** Numbers in 0..1, 1 excluded. */
export function seeded(seed: number): () => number {
  let state = mixed(seed ^ 0x51ab3e7d);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mixed(value: number): number {
  let state = value;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
