import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeZammad, fakeZammad, zammadToken } from "../../../test/support/zammad.ts";
import { idSource } from "../../core/index.ts";
import type { StepContext, TicketChange } from "../../ports/index.ts";
import { systemClock } from "../../stores/clock.ts";
import { createWeb } from "../../web/web.ts";
import { zammad } from "./zammad.ts";

const minute = 60_000;
const reply: TicketChange = {
  ticket: "7",
  article: {
    body: "Your order 104233 left us today.\nKind regards",
    subject: "Your order",
    type: "email",
    to: "a@b.example",
  },
  group: "Service Desk",
  state: "closed",
  owner: "emma@shop.example",
  tags: ["weir", "shop"],
};

describe("a ticket in Zammad", () => {
  let server: FakeZammad;
  let now = Date.UTC(2026, 4, 1);
  beforeEach(async () => {
    now = Date.UTC(2026, 4, 1);
    server = await fakeZammad(() => now);
    // The ticket is there before the run begins.
    now += minute;
  });
  afterEach(() => server.close());

  const begin = (): StepContext => {
    const context: Partial<StepContext> = {
      run: {
        id: idSource(
          () => now,
          () => 0.5,
        )(),
        itemId: "7",
      },
      web: createWeb({ airgap: false }),
      clock: { ...systemClock, now: () => now },
      signal: new AbortController().signal,
    };
    return context as StepContext;
  };
  const ticket = () => server.tickets.get("7");
  const writes = () => server.asked.filter((one) => !one.startsWith("GET"));
  const write = async (change: TicketChange, context: StepContext, token: string | (() => undefined) = zammadToken) =>
    await zammad({ url: server.url, token }).write(change, context);

  test("gets the reply, the group, the state, the owner and the tags, in one change", async () => {
    const context = begin();
    now += minute;
    await write(reply, context);
    expect(ticket()).toMatchObject({
      group: "Service Desk",
      state: "closed",
      owner: "emma@shop.example",
      priority: "2 normal",
      tags: ["shop", "weir"],
      articles: [
        { body: reply.article?.body, type: "email", internal: false, to: "a@b.example", content_type: "text/plain" },
      ],
    });
    expect(writes()).toEqual(["PUT /api/v1/tickets/7", "POST /api/v1/tags/add"]);
  });

  test("is written once, also where the answer was lost and the step runs again", async () => {
    const context = begin();
    now += minute;
    server.after = (request, response) => {
      if (request.method !== "PUT") return false;
      response.destroy();
      return true;
    };
    await expect(write(reply, context)).rejects.toMatchObject({ code: "delivery.failed", next: "retry" });
    server.after = () => false;
    now += minute;
    await write(reply, context);
    await write(reply, context);
    expect(ticket()?.articles).toHaveLength(1);
    expect(writes().filter((one) => one.startsWith("PUT"))).toHaveLength(1);
    expect(ticket()?.tags).toEqual(["shop", "weir"]);
  });

  test("that was moved without a word is not moved twice either", async () => {
    const context = begin();
    now += minute;
    const move: TicketChange = { ticket: "7", group: "2nd Level", priority: "3 high" };
    await write(move, context);
    await write(move, context);
    expect(writes()).toHaveLength(1);
  });

  test("that an agent changed since is left alone", async () => {
    const context = begin();
    now += minute;
    server.touch("7", { state: "open", owner: "chris@shop.example" });
    await expect(write(reply, context)).rejects.toMatchObject({ code: "delivery.conflict", next: "fail" });
    expect(writes()).toEqual([]);
    expect(ticket()).toMatchObject({ state: "open", owner: "chris@shop.example", articles: [] });
    // A person has looked: the delivery is done again, as a run that begins now.
    now += minute;
    await write(reply, begin());
    expect(ticket()).toMatchObject({ state: "closed", articles: [{ body: reply.article?.body }] });
  });

  test("is compared with the time at which it was read, where that is known", async () => {
    const seen = ticket()?.updated_at ?? "";
    server.touch("7", { priority: "3 high" });
    const context = begin();
    await expect(write({ ...reply, seen }, context)).rejects.toMatchObject({ code: "delivery.conflict" });
    await write({ ...reply, seen: ticket()?.updated_at ?? "" }, context);
    expect(ticket()?.articles).toHaveLength(1);
  });

  test.each([
    ["a wrong key", {}, "wrong", "delivery.refused", "401"],
    ["no key", {}, () => undefined, "delivery.refused", "not set"],
    ["a ticket that is not there", { ticket: "99" }, zammadToken, "delivery.refused", "Couldn't find Ticket"],
    ["a group that is not there", { group: "Nobody" }, zammadToken, "delivery.refused", "No lookup value"],
    ["a path for an id", { ticket: "../users/1" }, zammadToken, "delivery.refused", "404"],
  ] as const)("%s is said, and nothing is tried again", async (_, change, token, code, message) => {
    const refused = write({ ...reply, ...change }, begin(), token);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(ticket()?.articles).toEqual([]);
  });

  test("waits as long as the server asks for, and tells a server that is none", async () => {
    server.before = (_, response) => {
      response.writeHead(429, { "retry-after": "90" }).end();
      return true;
    };
    await expect(write(reply, begin())).rejects.toMatchObject({ code: "delivery.failed", retryAfterMs: 90_000 });
    server.before = (_, response) => {
      response.end("<html>Welcome</html>");
      return true;
    };
    await expect(write(reply, begin())).rejects.toMatchObject({ code: "delivery.refused" });
  });
});
