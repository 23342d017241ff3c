import type { Certificate, DocumentRef, Json, Population, Profile } from "../core/index.ts";

/**
 * What workflows have learned, by workflow and name. A version is written once, whole, and never
 * changed; which one is in use is said beside it.
 */
export interface Profiles {
  /** The version in use under a name, as runs name it: "default@3"; null where nothing was taught. */
  current(workflow: string, name: string): Promise<string | null>;
  /**
   * The version of a full name, the same object every time it is asked for.
   * @throws WeirError `profile.unknown`, `profile.damaged`
   */
  load(workflow: string, ref: string): Promise<Profile>;
  /** What a version was learned from. @throws WeirError like `load` */
  examples(workflow: string, ref: string): Promise<readonly ProfileExample[]>;
  /**
   * Writes the next version of its name and takes it into use. What is interrupted leaves everything as it was.
   * @throws WeirError `store.full`, `store.unwritable`
   */
  save(profile: Omit<Profile, "version">, examples: readonly ProfileExample[]): Promise<Profile>;
  /** The versions in use, by workflow and name. */
  list(): Promise<readonly ProfileInUse[]>;
  /**
   * Erases what any version holds of a document: its labels, and its values where what was learned repeats
   * them. @returns the versions that had learned from it. @throws WeirError `profile.damaged`
   */
  forget(document: string): Promise<readonly ProfileInUse[]>;
  /** Certificates of a version that its audit or a drift refuted, oldest first. */
  withdrawals(workflow: string, ref: string): Promise<readonly Withdrawal[]>;
  /** Written beside the version; a certificate withdrawn twice is withdrawn once. */
  withdraw(workflow: string, ref: string, withdrawal: Withdrawal): Promise<void>;
  /** Accepted decisions of a version that a person checked, oldest first. */
  audits(workflow: string, ref: string): Promise<readonly Audited[]>;
  /** Written beside the version; what is said of a run's path last counts. */
  recordAudits(workflow: string, ref: string, audits: readonly Audited[]): Promise<void>;
}

/** Texts by the names of their files, such as "profile.json". */
export type ProfileFiles = Readonly<Record<string, string>>;

/** A profile of a workflow, whatever its version. */
export interface ProfileHome {
  readonly workflow: string;
  readonly name: string;
}

export interface ProfileVersion extends ProfileHome {
  /** From 1. */
  readonly version: number;
}

/**
 * Where the versions of profiles stand: texts, written once and whole, with notes beside them that
 * change. What they say is none of its business; names are checked before they come here.
 */
export interface ProfileShelf {
  /** The version in use; null where nothing was taught. @throws Error where that cannot be told */
  current(home: ProfileHome): Promise<number | null>;
  /** The versions in use, by workflow and name. */
  list(): Promise<readonly ProfileVersion[]>;
  /** Every version there is, in use or not. */
  versions(): Promise<readonly ProfileVersion[]>;
  has(at: ProfileVersion): Promise<boolean>;
  /** The text of one of its files; null where there is none. */
  read(at: ProfileVersion, file: string): Promise<string | null>;
  /**
   * Writes the next version and takes it into use; what is interrupted leaves everything as it was.
   * @param filesOf told the number it has
   */
  add(home: ProfileHome, filesOf: (version: number) => ProfileFiles): Promise<number>;
  /** Replaces one of its files: only where what it holds has to be erased. */
  replace(at: ProfileVersion, file: string, text: string): Promise<void>;
  /** What is noted beside a version under a name; empty where nothing is. */
  notes(at: ProfileVersion, name: string): Promise<string>;
  amend(at: ProfileVersion, name: string, change: (notes: string) => string): Promise<void>;
}

/** One labelled document of a profile. */
export interface ProfileExample {
  readonly id: string;
  /** The bytes are stored as a blob. */
  readonly document: DocumentRef;
  /** By path, printed form; null: the document does not state it. */
  readonly truth: Readonly<Record<string, Json>>;
  /** A labelled file, or a person's decisions in a review. */
  readonly from: "file" | "review";
  /**
   * Paths that were labelled because their values were in doubt: they are learned from, but say nothing
   * about how often answers are right. Absent: what is labelled has nothing to do with doubts.
   */
  readonly doubted?: readonly string[];
}

export interface ProfileInUse {
  readonly workflow: string;
  readonly ref: string;
}

/** What is no longer accepted on a certificate's word, and why. */
export interface Withdrawal extends Pick<Certificate, "path" | "population"> {
  /** Number of the only source it is withdrawn for; absent: all. */
  readonly source?: number;
  /** In plain words. */
  readonly reason: string;
  /** RFC 3339. */
  readonly on: string;
}

/** What a person said about a decision that had been accepted. */
export interface Audited {
  readonly run: string;
  readonly path: string;
  readonly population: Population;
  readonly right: boolean;
  /** RFC 3339. */
  readonly on: string;
}

/** The name and version of "default@3". */
export function profileRef({ name, version }: Pick<Profile, "name" | "version">): string {
  return `${name}@${version}`;
}
