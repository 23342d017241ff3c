import { createHash, createHmac } from "node:crypto";
import { WeirError, idTime } from "../../core/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { answered } from "./answered.ts";
import { type Delivery, type Target, recordOf } from "./deliver.ts";
import { type Secret, secretOf } from "../secret.ts";

export interface WebhookOptions {
  /** `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it. */
  readonly secret: Secret;
  /** What the message is called; default "document.final". */
  readonly type?: string;
  /** Default 15 s. */
  readonly timeoutMs?: number;
}

/** Of an answer nobody reads. */
const answerBytesMax = 100_000;

/**
 * Posts the result as JSON to one address, signed as Standard Webhooks 1.0 describes
 * (https://www.standardwebhooks.com). Its id and body stay the same over retries and crashes: a receiver
 * that knows the id has had it.
 */
export function webhook(url: string, options: WebhookOptions): Target {
  const { secret, type = "document.final", timeoutMs = 15_000 } = options;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new WeirError("workflow.invalid", `"${url}" is no http address for a webhook.`);
  }
  if (typeof secret === "string") keyOf(secret, "workflow.invalid");
  return {
    shape: { webhook: url, type },
    deliver: async (delivery, context) => {
      const { web, clock, signal } = context;
      const id = messageId(context);
      const body = JSON.stringify({ type, timestamp: cameIn(delivery), data: recordOf(delivery) });
      const key = keyOf(secretOf(secret, `secret of the webhook ${url}`), "delivery.refused");
      const timestamp = Math.floor(clock.now() / 1_000);
      const headers = {
        "content-type": "application/json",
        "idempotency-key": id,
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signatureOf(key, id, timestamp, body),
      };
      const request = { method: "POST", url, headers, body, timeoutMs, bytesMax: answerBytesMax, signal } as const;
      answered(await web.request(request), new URL(url).host, clock);
    },
  };
}

/** "v1," and the HMAC-SHA256 of id, time in seconds and body, in base64. */
export function signatureOf(key: Uint8Array, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** @throws WeirError `code` where it is no secret of the standard's form */
export function keyOf(secret: string, code: "workflow.invalid" | "delivery.refused"): Uint8Array {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  if (secret.startsWith("whsec_") && key.byteLength >= 24 && key.byteLength <= 64) return key;
  throw new WeirError(code, "The secret of a webhook is whsec_ and 24 to 64 bytes in base64.", {
    hint: 'Make one: node -e "console.log(`whsec_${crypto.randomBytes(32).toString(`base64`)}`)"',
  });
}

/** Dots part what is signed, so none may stand in an id. */
function messageId({ effectKey }: StepContext): string {
  return `msg_${createHash("sha256").update(effectKey).digest("hex").slice(0, 32)}`;
}

/** When the document came in: the same at every try. */
function cameIn({ run }: Delivery): string {
  return new Date(idTime(run.id)).toISOString();
}
