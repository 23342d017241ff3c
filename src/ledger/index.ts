export { type Admission, type Spent, admit } from "./admission.ts";
export { type Broken, entryHash, firstHash, firstBroken } from "./chain.ts";
export { decidedEntry, decisionsHash } from "./decided.ts";
