import { z } from "zod";
import { WeirError, idTime } from "../../core/index.ts";
import type { StepContext, TicketArticle, TicketChange, TicketSystem, WebRequest } from "../../ports/index.ts";
import { answered } from "./answered.ts";
import { type Secret, secretOf } from "../secret.ts";

export interface ZammadOptions {
  /** `https://tickets.example`: nothing else is ever asked. */
  readonly url: string;
  /** An access token of a user with `ticket.agent`. */
  readonly token: Secret;
  /** Of one request; default 15 s. */
  readonly timeoutMs?: number;
}

const answerBytesMax = 5_000_000;
/** What clocks of two machines may differ by. */
const skewMs = 2_000;

const Me = z.object({ id: z.number() });
const Ticket = z.object({
  updated_at: z.string(),
  updated_by_id: z.number(),
  group: z.string().nullish(),
  owner: z.string().nullish(),
  state: z.string().nullish(),
  priority: z.string().nullish(),
});
const Articles = z.array(z.object({ body: z.string(), created_by_id: z.number(), created_at: z.string() }));
const Tags = z.object({ tags: z.array(z.string()) });

/**
 * Zammad over its REST API. It has no lock of its own: the ticket is read right before it is written, and
 * one that somebody changed meanwhile is left alone. What was written before a crash is recognised and
 * not written again.
 */
export function zammad({ url, token, timeoutMs = 15_000 }: ZammadOptions): TicketSystem {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new WeirError("workflow.invalid", `"${url}" is no http address of a Zammad.`);
  }
  const base = new URL(url).href.replace(/\/$/, "");
  return {
    shape: { zammad: base },
    write: async (change, context) => {
      const api = connect(base, { token, timeoutMs, context });
      const ticket = encodeURIComponent(change.ticket);
      const me = await api.get("users/me", Me);
      const before = await api.get(`tickets/${ticket}?expand=true`, Ticket);
      const isWritten = change.article
        ? (await api.get(`ticket_articles/by_ticket/${ticket}`, Articles)).some((one) =>
            isOurs(one, change.article, me.id, context),
          )
        : before.updated_by_id === me.id && holds(before, change);
      if (!isWritten) {
        refuseChanged(before, change, context);
        await api.send("PUT", `tickets/${ticket}`, changeOf(change));
      }
      await addTags(api, change);
    },
  };
}

type Api = ReturnType<typeof connect>;

interface Connection extends Required<Omit<ZammadOptions, "url">> {
  readonly context: StepContext;
}

function connect(base: string, { token, timeoutMs, context }: Connection) {
  const { web, clock, signal } = context;
  const request = async (method: WebRequest["method"], path: string, body?: object) => {
    const headers = {
      authorization: `Token token=${secretOf(token, "token of Zammad")}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const answer = await web.request({
      method,
      url: `${base}/api/v1/${path}`,
      headers,
      timeoutMs,
      bytesMax: answerBytesMax,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answered(answer, new URL(base).host, clock);
  };
  return {
    get: async <T extends z.ZodType>(path: string, form: T): Promise<z.output<T>> => {
      const { body } = await request("GET", path);
      const checked = form.safeParse(jsonOf(body));
      if (checked.success) return checked.data;
      throw new WeirError("delivery.refused", `${base} does not answer as Zammad does: ${body.slice(0, 80)}`);
    },
    send: async (method: "PUT" | "POST", path: string, body: object) => await request(method, path, body),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An article of this user with the same words, written since the run began. */
function isOurs(
  { body, created_by_id: author, created_at: at }: z.output<typeof Articles>[number],
  wanted: TicketArticle | undefined,
  me: number,
  context: StepContext,
): boolean {
  const words = (text: string) => text.replaceAll(/\s+/g, " ").trim();
  return author === me && words(body) === words(wanted?.body ?? "") && Date.parse(at) >= begunAt(context) - skewMs;
}

function holds(ticket: z.output<typeof Ticket>, { group, owner, state, priority }: TicketChange): boolean {
  const wanted = { group, owner, state, priority };
  return Object.entries(wanted).every(
    ([name, value]) => value === undefined || ticket[name as keyof typeof wanted] === value,
  );
}

function refuseChanged(before: z.output<typeof Ticket>, { ticket, seen }: TicketChange, context: StepContext): void {
  const changed =
    seen === undefined
      ? Date.parse(before.updated_at) > begunAt(context) + skewMs
      : Date.parse(before.updated_at) !== Date.parse(seen);
  if (!changed) return;
  throw new WeirError("delivery.conflict", `Ticket ${ticket} was changed at ${before.updated_at}, after it was read.`);
}

/** When the document was accepted; a graph without a record of its runs has no such time. */
function begunAt({ run, clock }: StepContext): number {
  return /^[0-9A-HJKMNP-TV-Z]{26}$/.test(run.id) ? idTime(run.id) : clock.now();
}

/** One request for all of it, so that no half of it stays. */
function changeOf({ article, group, owner, state, priority }: TicketChange): object {
  return {
    ...(group === undefined ? {} : { group }),
    ...(owner === undefined ? {} : { owner }),
    ...(state === undefined ? {} : { state }),
    ...(priority === undefined ? {} : { priority }),
    ...(article === undefined ? {} : { article: articleOf(article) }),
  };
}

function articleOf({ body, subject, internal = true, type = "note", to }: TicketArticle): object {
  return {
    body,
    type,
    internal: type === "email" ? false : internal,
    content_type: "text/plain",
    ...(subject === undefined ? {} : { subject }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Adding a tag that is there changes nothing. */
async function addTags(api: Api, { ticket, tags = [] }: TicketChange): Promise<void> {
  if (tags.length === 0) return;
  const known = await api.get(`tags?object=Ticket&o_id=${encodeURIComponent(ticket)}`, Tags);
  for (const item of tags.filter((tag) => !known.tags.includes(tag))) {
    await api.send("POST", "tags/add", { item, object: "Ticket", o_id: ticket });
  }
}
