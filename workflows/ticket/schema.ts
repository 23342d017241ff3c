import { label } from "weir";
import { z } from "zod";

/** Where a message to a service desk goes. */
export const Routing = z.object({
  route: label("routes").describe("who or what the message goes to"),
});

/** What stands in the message, found by rules. */
export const Details = z.object({
  urgency: z.enum(["low", "normal", "high"]),
  language: z.string().length(2).nullable().describe("language of the message, ISO 639-1"),
  customer: z.object({
    name: z.string().nullable(),
    email: z.email().nullable(),
  }),
  orderNumber: z.string().nullable(),
  answeredBy: z
    .enum(["people", "shop"])
    .describe("shop: its database answers where an order is; people: everything else"),
  asks: z.string().nullable().describe("the sentence that says what the customer wants, as it stands in the message"),
});

export const Ticket = z.object({ ...Routing.shape, ...Details.shape });
