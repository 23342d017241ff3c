export { type CrashPoint, crashPoints } from "./crash-points.ts";
export type { InboxEvent } from "./events.ts";
export type { Explanation } from "./explain.ts";
export { type Inbox, type InboxOptions, createInbox } from "./inbox.ts";
