export { type PersonalKind, findPersonal } from "./detect.ts";
export { type Disguise, disguise } from "./disguise.ts";
