import { label } from "weir";
import { z } from "zod";

/** What is found out about a message to a service desk. */
export const Ticket = z.object({
  route: label("routes").describe("who or what the message goes to"),
});
