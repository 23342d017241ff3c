export { eraseFromInbox } from "./erase.ts";
export { crashPoints } from "./crash-points.ts";
export type { InboxEvent } from "./events.ts";
export { type Inbox, type InboxOptions, createInbox } from "./inbox.ts";
