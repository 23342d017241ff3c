/** Longest length and largest count that are written into a grammar: llama.cpp refuses large ones, and they slow it. */
export const repetitionMax = 64;
