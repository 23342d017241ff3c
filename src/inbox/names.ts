declare const rawMark: unique symbol;

/**
 * A file name or path as the disk has it, one character a byte. Names are bytes to the disk: read as
 * UTF-8, a name that is none could never be opened again.
 */
export type Raw = string & { readonly [rawMark]: true };

/** What a directory entry's name may take, in bytes, on every file system in use. */
export const nameBytesMax = 255;

export const raw = (text: string) => Buffer.from(text, "utf8").toString("latin1") as Raw;
/** For people and for the run's label; bytes that are no UTF-8 become U+FFFD. */
export const textOf = (name: Raw) => Buffer.from(name, "latin1").toString("utf8");
/** What the file system is called with. */
export const bytesOf = (path: Raw) => Buffer.from(path, "latin1");
export const under = (folder: Raw, ...names: readonly Raw[]) => [folder, ...names].join("/") as Raw;
const slice = (name: Raw, start: number, end?: number) => name.slice(start, end) as Raw;
const joined = (...parts: readonly string[]) => parts.join("") as Raw;

/** The name in one line that cannot move a terminal's cursor. */
export function shown(name: Raw): string {
  return textOf(name).replaceAll(/\p{C}/gu, (character) =>
    character === "\n" ? "\\n" : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

const junkNames = new Set(["thumbs.db", "ehthumbs.db", "desktop.ini"]);
const unfinishedNames = /\.(?:part|partial|crdownload|download|filepart|tmp|temp)$/i;

/** Why a file is none of ours, or null: what systems, editors and downloads in progress leave behind. */
export function junk(name: Raw): string | null {
  if (name.startsWith(".")) return "left alone: hidden files are not documents";
  if (junkNames.has(name.toLowerCase())) return "left alone: the file browser's own file";
  if (name.startsWith("~$")) return "left alone: the lock of a document open in an editor";
  if (name.endsWith("~")) return "left alone: an editor's backup";
  if (unfinishedNames.test(name)) return "left alone: its name says that it is still being transferred";
  return null;
}

/** Folders in `INBOX/<workflow>/` where files come to rest. */
export const restingFolders = ["done", "failed"] as const;
export type RestingFolder = (typeof restingFolders)[number];

/** A file taken out of the inbox, as its entry in `.weir/claimed` tells: all that a restart needs. */
export interface Claim {
  /** ULID; its time is that of the claim. */
  readonly id: string;
  /** The process that tends it. */
  readonly owner: string;
  /** Null until its run is durable. */
  readonly run: string | null;
  readonly workflow: string;
  /** As it was dropped. */
  readonly name: Raw;
}

export const ownerPattern = /^[0-9a-z]{8}$/;
const entryPattern = /^([0-9A-HJKMNP-TV-Z]{26})~([0-9a-z]{8})~([0-9A-HJKMNP-TV-Z]{26}|-)~([a-z0-9][a-z0-9-]{0,62})~/;
const idLength = 26;

/** Whether a workflow of this name can be told from the rest of an entry. */
export const canBeClaimed = (workflow: string) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(workflow);

/**
 * `CLAIM~OWNER~RUN~WORKFLOW~NAME`. A name too long for that keeps its own: the entry then ends after
 * the workflow and is a folder with the file in it.
 */
export function entryOf(claim: Claim): { readonly entry: Raw; readonly isFolder: boolean } {
  const head = raw(`${claim.id}~${claim.owner}~${claim.run ?? "-"}~${claim.workflow}~`);
  // The same form before and after the run is known: a claim never changes between file and folder.
  const room = nameBytesMax - head.length - (claim.run === null ? idLength - 1 : 0);
  const isFolder = claim.name.length > room;
  return { entry: isFolder ? head : joined(head, claim.name), isFolder };
}

/** @returns null for what is no entry of ours; a name of null says: look into the folder */
export function parseEntry(entry: Raw): (Omit<Claim, "name"> & { readonly name: Raw | null }) | null {
  const match = entryPattern.exec(entry);
  if (!match) return null;
  const [head, id = "", owner = "", run = "", workflow = ""] = match;
  const rest = slice(entry, head.length);
  return { id, owner, run: run === "-" ? null : run, workflow, name: rest === "" ? null : rest };
}

/** Names to rest under, best first: its own, then with the run's id, then counted. */
export function* restingNames(name: Raw, run: string): Generator<Raw> {
  yield name;
  const [stem, extension] = splitExtension(name);
  for (let count = 1; ; count++) {
    const mark = count === 1 ? `.${run}` : `.${run}.${count}`;
    yield joined(cut(stem, nameBytesMax - mark.length - extension.length), mark, extension);
  }
}

/** `FILE.result.json`, `FILE.error.json`; cut, and told apart by the run's id, where that would be too long. */
export function beside(name: Raw, kind: "result" | "error", run: string): Raw {
  const suffix = `.${kind}.json`;
  if (name.length + suffix.length <= nameBytesMax) return joined(name, suffix);
  const mark = `.${run}${suffix}`;
  return joined(cut(name, nameBytesMax - mark.length), mark);
}

function splitExtension(name: Raw): readonly [stem: Raw, extension: Raw] {
  const dot = name.lastIndexOf(".");
  if (dot <= 0 || name.length - dot > 16) return [name, joined()];
  return [slice(name, 0, dot), slice(name, dot)];
}

/** At most `bytes` long, not ending within a UTF-8 character. */
function cut(name: Raw, bytes: number): Raw {
  if (name.length <= bytes) return name;
  const isContinuation = (at: number) => (name.charCodeAt(at) & 0xc0) === 0x80;
  let end = bytes;
  while (end > bytes - 3 && isContinuation(end)) end--;
  return slice(name, 0, isContinuation(end) ? bytes : end);
}
