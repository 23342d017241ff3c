import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A server that speaks the part of Zammad's REST API that we use, in the shapes its documentation gives:
 * token authentication, names instead of ids with `expand=true`, articles created within a ticket's
 * update, tags as an object of their own, errors as `{"error": …}`.
 */
export interface FakeZammad {
  readonly url: string;
  readonly tickets: Map<string, FakeTicket>;
  /** "PUT /api/v1/tickets/7", in order. */
  readonly asked: string[];
  /** Called before a request is answered; true: it was answered there. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** The same after the change was made: a lost answer. */
  after: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** What an agent does meanwhile. */
  touch(id: string, change: Partial<FakeTicket>, by?: number): void;
  close(): Promise<void>;
}

export interface FakeTicket {
  title: string;
  group: string;
  owner: string;
  state: string;
  priority: string;
  updated_at: string;
  updated_by_id: number;
  articles: FakeArticle[];
  tags: string[];
}

export interface FakeArticle {
  readonly id: number;
  readonly subject: string;
  readonly body: string;
  readonly content_type: string;
  readonly type: string;
  readonly internal: boolean;
  readonly to: string;
  readonly created_by_id: number;
  readonly created_at: string;
}

export const zammadToken = "t0ken";
/** The user the token belongs to. */
const me = 3;
const agent = 4;
const known = {
  group: ["Sales", "2nd Level", "Service Desk"],
  state: ["new", "open", "pending reminder", "closed"],
  priority: ["1 low", "2 normal", "3 high"],
  owner: ["-", "chris@shop.example", "emma@shop.example"],
};

export async function fakeZammad(now: () => number): Promise<FakeZammad> {
  const stamp = () => new Date(now()).toISOString();
  const tickets = new Map<string, FakeTicket>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url}`);
      if (fake.before(request, response)) return;
      const [status, body] = answer(request, Buffer.concat(chunks).toString(), tickets, stamp);
      if (fake.after(request, response)) return;
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeZammad = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tickets,
    asked,
    before: () => false,
    after: () => false,
    touch: (id, change, by = agent) => {
      const ticket = tickets.get(id);
      if (ticket) Object.assign(ticket, change, { updated_at: stamp(), updated_by_id: by });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  tickets.set("7", {
    title: "Where is my order?",
    group: "Sales",
    owner: "-",
    state: "new",
    priority: "2 normal",
    updated_at: stamp(),
    updated_by_id: 10,
    articles: [],
    tags: ["shop"],
  });
  return fake;
}

type Answer = readonly [status: number, body: unknown];

function answer(request: IncomingMessage, body: string, tickets: Map<string, FakeTicket>, stamp: () => string): Answer {
  if (request.headers.authorization !== `Token token=${zammadToken}`) {
    return [401, { error: "Invalid BasicAuth credentials", error_human: "Invalid BasicAuth credentials" }];
  }
  const url = new URL(request.url ?? "", "http://localhost");
  const [, kind = "", id = ""] =
    /^\/api\/v1\/([a-z_]+(?:\/by_ticket|\/me|\/add)?)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
  const sent = body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
  if (kind === "users/me") return [200, { id: me, login: "weir@shop.example", active: true }];
  const ticket = tickets.get(kind === "tags" ? (url.searchParams.get("o_id") ?? "") : id || String(sent["o_id"]));
  if (!ticket) return [404, { error: `Couldn't find Ticket with 'id'=${id}`, error_human: "Not found" }];
  if (kind === "tickets" && request.method === "GET") return [200, shown(id, ticket, url.searchParams.has("expand"))];
  if (kind === "tickets" && request.method === "PUT") return update(id, ticket, sent, stamp);
  if (kind === "ticket_articles/by_ticket") return [200, ticket.articles];
  if (kind === "tags") return [200, { tags: ticket.tags }];
  if (kind === "tags/add" && request.method === "POST") {
    if (!ticket.tags.includes(String(sent["item"]))) ticket.tags.push(String(sent["item"]));
    return [201, true];
  }
  return [404, { error: "No route matches" }];
}

function shown(id: string, ticket: FakeTicket, expand: boolean): object {
  const { group, owner, state, priority, articles, tags: _tags, ...rest } = ticket;
  const names = expand ? { group, owner, state, priority } : {};
  return { id: Number(id), number: `22${id}`, ...rest, article_ids: articles.map((article) => article.id), ...names };
}

function update(id: string, ticket: FakeTicket, sent: Record<string, unknown>, stamp: () => string): Answer {
  for (const [name, values] of Object.entries(known)) {
    const value = sent[name];
    if (value !== undefined && !values.includes(String(value))) {
      const error = `No lookup value found for '${name}': ${JSON.stringify(value)}`;
      return [422, { error, error_human: error }];
    }
  }
  const { article, ...attributes } = sent;
  Object.assign(ticket, attributes, { updated_at: stamp(), updated_by_id: me });
  if (article !== undefined) {
    const given = article as Partial<FakeArticle>;
    ticket.articles.push({
      id: 30 + ticket.articles.length,
      subject: given.subject ?? "",
      body: given.body ?? "",
      content_type: given.content_type ?? "text/plain",
      type: given.type ?? "note",
      internal: given.internal ?? true,
      to: given.to ?? "",
      created_by_id: me,
      created_at: stamp(),
    });
  }
  return [200, shown(id, ticket, false)];
}
