import type { ErrorInfo } from "../core/index.ts";
import type { RunRecord, Service } from "../ports/index.ts";
import { type Arrivals, shapeOf } from "./arrivals.ts";
import type { Claims } from "./claims.ts";
import { type Entry, inPlainWords, list, look } from "./disk.ts";
import { fileOf } from "./events.ts";
import { type Claim, type Raw, canBeClaimed, junk, raw, restingFolders, shown, textOf, under } from "./names.ts";
import type { Owner } from "./owner.ts";
import type { Held } from "./tend.ts";

/** Why a file is or is not taken, for people: `FILE: MESSAGE`. */
export interface Explanation {
  /** Below the inbox, e.g. `invoice/a.pdf`; the inbox itself is `.`. */
  readonly file: string;
  /** `ignored` for good, `stray` until it is moved, `arriving`, `ready`, `working`, `parked` until somebody acts, `trouble`. */
  readonly state: "ignored" | "stray" | "arriving" | "ready" | "working" | "parked" | "trouble";
  readonly message: string;
  /** Where the file has one. */
  readonly run: string | null;
}

/** What an explanation is made of. */
export interface Knowledge {
  readonly root: Raw;
  readonly workflows: readonly string[];
  readonly service: Service;
  readonly arrivals: Arrivals;
  readonly claims: Claims;
  readonly owner: Owner;
  readonly held: ReadonlyMap<string, Held>;
  readonly trouble: ErrorInfo | null;
  readonly now: number;
  readonly settleMs: number;
}

const plain = (file: string, state: Explanation["state"], message: string): Explanation => ({
  file,
  state,
  message,
  run: null,
});

const inSentences = ({ message, hint }: ErrorInfo) => `${message.replace(/\.?$/, ".")} ${hint}`;

/** Looks at the folder as it is now; changes nothing. */
export async function explain(known: Knowledge): Promise<readonly Explanation[]> {
  const told = known.trouble ? [plain(".", "trouble", inSentences(known.trouble))] : [];
  const entries = await list(known.root).catch((error: unknown) => inPlainWords(error));
  if (entries === null || typeof entries === "string") {
    const message = `${textOf(known.root)} cannot be read: ${entries ?? "it is not there"}`;
    return told.length > 0 ? told : [plain(".", "trouble", message)];
  }
  const files: Explanation[] = [];
  for (const entry of entries.filter(({ name }) => name !== ".weir")) files.push(...(await topLevel(entry, known)));
  files.push(...(await claimed(known)));
  return [...told, ...files.toSorted((a, b) => (a.file < b.file ? -1 : 1))];
}

async function topLevel({ name, kind }: Entry, known: Knowledge): Promise<readonly Explanation[]> {
  const file = shown(name);
  const why = junk(name);
  if (why !== null) return [plain(file, "ignored", why)];
  if (kind === "link") return [plain(file, "ignored", "left alone: links are not followed")];
  if (kind === "special") return [plain(file, "ignored", "left alone: not a file")];
  if (kind === "file") return [plain(file, "stray", `in no workflow's folder; move it into ${choices(known)}`)];
  const workflow = known.workflows.find((one) => raw(one) === name);
  if (workflow !== undefined && canBeClaimed(workflow)) return await inWorkflow(workflow, known);
  const inside = ((await list(under(known.root, name))) ?? []).filter((entry) => junk(entry.name) === null);
  const message = `no workflow named '${file}' (known: ${known.workflows.join(", ") || "none"})`;
  return inside.length === 0
    ? [plain(`${file}/`, "stray", message)]
    : inside.map((entry) => plain(`${file}/${shown(entry.name)}`, "stray", message));
}

const choices = ({ workflows }: Knowledge) => workflows.map((name) => `${name}/`).join(" or ") || "one";

async function inWorkflow(workflow: string, known: Knowledge): Promise<readonly Explanation[]> {
  const folder = under(known.root, raw(workflow));
  const explanations: Explanation[] = [];
  for (const { name, kind } of (await list(folder)) ?? []) {
    const file = `${workflow}/${shown(name)}`;
    if (restingFolders.some((resting) => raw(resting) === name)) {
      if (kind !== "folder") explanations.push(plain(file, "trouble", "files rest here; it has to be a folder"));
      continue;
    }
    const why = junk(name);
    if (why !== null) explanations.push(plain(file, "ignored", why));
    else if (kind === "folder") explanations.push(plain(file, "ignored", "folders inside are not looked into"));
    else if (kind === "link") explanations.push(plain(file, "ignored", "left alone: links are not followed"));
    else if (kind === "special") explanations.push(plain(file, "ignored", "left alone: not a file"));
    else explanations.push(await arriving(file, under(folder, name), known));
  }
  return explanations;
}

async function arriving(file: string, path: Raw, known: Knowledge): Promise<Explanation> {
  const arrival = known.arrivals.get(path);
  if (arrival?.sighting) {
    const ready = "ready; taken when the documents before it are further on";
    return arrival.why === null ? plain(file, "ready", ready) : plain(file, "arriving", arrival.why);
  }
  // Nobody has watched it in this process: what can be told from one look.
  const there = await look(path);
  if (there === null) return plain(file, "arriving", "gone meanwhile");
  if (known.now - there.mtimeMs < known.settleMs) return plain(file, "arriving", "changed a moment ago");
  if (there.stamp.size === 0) return plain(file, "arriving", "empty so far");
  const unfinished = await shapeOf(path);
  return unfinished === null
    ? plain(file, "ready", "looks finished; taken at the inbox's next look")
    : plain(file, "arriving", unfinished);
}

async function claimed({ claims, held, service, owner }: Knowledge): Promise<readonly Explanation[]> {
  const { claims: all, strangers } = await claims.list();
  const explanations = strangers.map((name) =>
    plain(`.weir/claimed/${shown(name)}`, "stray", "not put here by the inbox; move it into a workflow's folder"),
  );
  for (const claim of all) {
    const trouble = held.get(claim.id)?.trouble ?? null;
    const said = claim.run === null ? await beginning(claim, owner) : atWork(claim.run, await service.get(claim.run));
    const state = trouble ? "trouble" : said.state;
    const message = trouble ? `${said.message}; ${trouble.message}` : said.message;
    explanations.push({ file: fileOf({ claim }), state, message, run: claim.run });
  }
  return explanations;
}

type Said = Pick<Explanation, "state" | "message">;

async function beginning(claim: Claim, owner: Owner): Promise<Said> {
  if (claim.owner === owner.id) return { state: "working", message: "taken; its run is about to start" };
  return (await owner.isDead(claim.owner))
    ? { state: "working", message: "taken by an inbox that has ended; goes on when an inbox runs" }
    : { state: "working", message: `taken by the inbox on ${await owner.hostOf(claim.owner)}` };
}

function atWork(id: string, run: RunRecord | null): Said {
  if (run === null) return { state: "trouble", message: `its run ${id} is not in this data folder` };
  const at = run.waiting ? new Date(run.waiting.until).toISOString() : "";
  switch (run.status) {
    case "queued":
      return { state: "working", message: `waits its turn, run ${id}` };
    case "running":
      return { state: "working", message: `being worked on, run ${id}` };
    case "waiting": {
      const what = run.waiting?.reason === "budget" ? "waits for new budget" : "waits to be tried again";
      return { state: "parked", message: `${what} at ${at}, run ${id}` };
    }
    case "review":
      return { state: "parked", message: `waits for review, run ${id}` };
    case "needs-migration":
      return { state: "parked", message: `its workflow has changed since it began, run ${id}` };
    case "succeeded":
    case "failed":
    case "cancelled":
      return { state: "working", message: `${run.status}, on its way out, run ${id}` };
    default:
      return run.status satisfies never;
  }
}
