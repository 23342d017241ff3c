export { type Delivery, type Target, deliver, to } from "./deliver.ts";
export { type FolderOptions, type Form, folder } from "./folder.ts";
export type { Secret } from "../secret.ts";
export { writeBack } from "./tickets.ts";
export { webhook, type WebhookOptions } from "./webhook.ts";
export { zammad, type ZammadOptions } from "./zammad.ts";
