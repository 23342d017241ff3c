import { type AgentView, type Json, askCustomer, askPerson, finish, lookUp, setting, sql, tools } from "weir";
import { z } from "zod";
import { type Language, printedDay, say } from "./replies.ts";

/** The shop, as `--set shop=FILE.sqlite` names it. */
const Order = z.object({
  number: z.string(),
  email: z.string(),
  status: z.enum(["placed", "packed", "shipped", "delivered", "cancelled"]),
  placedOn: z.iso.date(),
  shippedOn: z.iso.date().nullable(),
  dueOn: z.iso.date().nullable(),
  carrier: z.string().nullable(),
  tracking: z.string().nullable(),
});
type Order = z.infer<typeof Order>;

const orders = sql("order", {
  file: setting("shop", "shop.sqlite"),
  query: `
    select number, email, status, placed_on as placedOn, shipped_on as shippedOn, due_on as dueOn, carrier, tracking
    from orders where number = :number
  `,
  row: Order,
});

const OrderNumber = z.object({
  number: z
    .string()
    .regex(/^[1-9]\d{5}$/)
    .describe("order number, orders, ordered, Bestellung, Bestellungen, bestellt"),
});

/** What came of a question about an order, and what the customer is told. */
const OrderAnswer = z.object({
  outcome: z.enum(["found", "several", "not-found", "someone-else", "no-number", "lookup-down"]),
  reply: z.string(),
});

/** Numbers the sender wrote, in form and words like an order's; those of an earlier mail below score less. */
const writtenBySender = 0.5;
const lookUpOrder = "look up order";

interface Asked {
  readonly number: string;
  readonly order: Order | null;
}

function askedFor(view: AgentView): readonly Asked[] {
  return view.results(lookUpOrder).map(({ arguments: values, value }) => {
    const [row] = z.array(Order).parse(value);
    return { number: String(values["number"]), order: row ?? null };
  });
}

/** @param sender the path of the address the message came from */
const isMine = (view: AgentView, sender: string) => {
  const email = view.value(sender);
  return ({ order }: Asked) => typeof email === "string" && order?.email.toLowerCase() === email.toLowerCase();
};

/**
 * Looking up does no harm, and an order of this very customer was meant: every number the sender wrote is
 * looked up. Those in a quoted mail only while none was found.
 */
function isToLookUp(view: AgentView, sender: string): boolean {
  const left = view.left(lookUpOrder, "number");
  if (view.failures(lookUpOrder).length > 0) return false;
  const isFound = askedFor(view).some(isMine(view, sender));
  return left.some(({ score }) => score >= writtenBySender) || (!isFound && left.length > 0);
}

function letter(view: AgentView, sentences: readonly string[]): string {
  const language = view.value("language") as Language;
  return [say(language, "hello"), sentences.join(" "), say(language, "goodbye")].join("\n\n");
}

/** Only what the shop said about this order. */
function statusOf(order: Order, language: Language): readonly string[] {
  const day = (iso: string | null) => (iso === null ? null : printedDay(iso, language));
  const facts = {
    ...order,
    placedOn: day(order.placedOn),
    shippedOn: day(order.shippedOn),
    dueOn: day(order.dueOn),
  };
  const isUnderway = order.status === "placed" || order.status === "packed" || order.status === "shipped";
  return [
    say(language, order.status, facts),
    ...(isUnderway && order.dueOn !== null ? [say(language, "due", facts)] : []),
    ...(order.status === "shipped" && order.tracking !== null ? [say(language, "tracking", facts)] : []),
  ];
}

function answer(view: AgentView, sender: string): Readonly<Record<string, Json>> | null {
  const asked = askedFor(view);
  if (asked.length === 0 || isToLookUp(view, sender) || view.failures(lookUpOrder).length > 0) return null;
  const language = view.value("language") as Language;
  const mine = asked.filter(isMine(view, sender)).flatMap(({ order }) => (order === null ? [] : [order]));
  if (mine.length > 0) {
    const sentences = mine.flatMap((order) => statusOf(order, language));
    return { outcome: mine.length > 1 ? "several" : "found", reply: letter(view, sentences) };
  }
  const other = asked.find(({ order }) => order !== null);
  if (other)
    return { outcome: "someone-else", reply: letter(view, [say(language, "otherAddress", other.order ?? {})]) };
  const sentences = asked.slice(0, 1).map(({ number }) => say(language, "unknown", { number }));
  return { outcome: "not-found", reply: letter(view, sentences) };
}

function question(view: AgentView): Readonly<Record<string, Json>> | null {
  if (view.actions.length > 0 || view.left(lookUpOrder, "number").length > 0) return null;
  return { outcome: "no-number", reply: letter(view, [say(view.value("language") as Language, "which")]) };
}

function holding(view: AgentView): Readonly<Record<string, Json>> {
  return { outcome: "lookup-down", reply: letter(view, [say(view.value("language") as Language, "later")]) };
}

/**
 * Finds the customer's orders in the shop and answers with what stands there.
 * @param sender the path of the address the message came from: only its own orders are told about
 */
export const orderTools = (sender: string) =>
  tools(
    OrderAnswer,
    finish((view) => answer(view, sender)),
    askCustomer(question),
    askPerson({
      reason: () => "the shop could not be asked",
      when: ({ failures }) => (failures(lookUpOrder).length > 0 ? "now" : "no"),
      suggest: holding,
    }),
    lookUp(orders, OrderNumber, (view) => (isToLookUp(view, sender) ? "now" : "no")),
  );
