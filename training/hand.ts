import type { RankerProfile } from "../src/confidence/ranker.ts";

/** Weights set by hand: where learning starts from, and what it has to beat. */
export const handSet: RankerProfile = {
  schema: "weir.ranker/1",
  learned: { from: "set by hand", on: "2026-11-22", documents: 0 },
  paths: {
    total: { "L=total": 3, "L=gross": 4, "L=due": 2, "L=net": -3, "L=tax": -3, "L=sub": -1, "L=cash": -3, "L=change": -5, "A=total": 2, "A=gross": 3, "L=rounding": -4, largest: 2, zero: -3, netPlusTax: 2, cashLessChange: 3, size: 1, inTable: -1, cents: 1, repeated: 1, top: -1 },
    net: { absent: 2, "L=net": 4, "L=sub": 2, "A=net": 3, "A=sub":2, "L=gross": -3, "L=tax": -3, taxedNet: 3, inTable: -2 },
    tax: { absent: 2, "L=tax": 4, "A=tax": 3, "L=gross": -3, taxOfNet: 3, inTable: -2 },
    "seller.name": { legalForm: 2, top: 2, firstRows: 3, domain: 3, "S:buyer": -3, "S:seller": 2, "L:buyer": -3, "L:seller": 2, "A:buyer": -3, "A:seller": 3, allLabels: -4, labelWords: -2, hasDigit: -2, streetLike: -2, addressBelow: 1, manyWords: -2, heading: -2, colonInside: -2, registrationBelow: 2, repeated: 1 },
  },
  types: {
    money: { absent: 2, "left~own": 5, "above~own": 3, "left~rival": -3, inTable: -1 },
    date: { absent: 2, "left~own": 5, "above~own": 4, "prior~own": 3, "left~rival": -4, top: 1, "is:unlikely": -2, firstOfKind: 1 },
    identifier: { absent: 5, "left~own": 8, "above~own": 6, "prior~own": 5, "left~rival": -4, "is:joined": -1, short: -2, inIban: -3, inDate: -3, inVat: -3, top: 1, phoneLike: -2 },
    iban: { absent: -2 },
    currency: { absent: -3, share: 3 },
    vat: { absent: 0, "left~own": 2, "S:buyer": -2, firstOfKind: 1 },
    name: { absent: 3, "section~own": 3, "left~own": 3, "above~own": 3, hasDigit: -2, streetLike: -2, allLabels: -4 },
    address: { absent: 1, "section~own": 3, top: 1 },
  },
};
