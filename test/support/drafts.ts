import type { DraftData } from "../../src/core/index.ts";

/** A draft whose total nobody vouches for. */
export const doubted: DraftData = {
  decisions: {
    company: {
      value: "ACME",
      confidence: 0.99,
      status: "accepted",
      by: "learned",
      source: [{ page: 1, line: 1, text: "ACME", box: null }],
      alternatives: [],
      evidence: { agreement: 1 },
    },
    total: {
      value: "327.00",
      confidence: null,
      status: "review",
      by: "slm",
      source: [{ page: 1, line: 12, text: "TOTAL 327.00", box: [72, 540, 180, 14] }],
      alternatives: [{ value: "300.00", confidence: 0.01 }],
      evidence: { margin: 0.4 },
    },
  },
  doubts: [],
  optional: [],
};
