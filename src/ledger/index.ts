export { type Spent, admit } from "./admission.ts";
export { digestsOf, entryHash, firstHash, firstBroken } from "./chain.ts";
export { decidedEntry, decisionsHash } from "./decided.ts";
