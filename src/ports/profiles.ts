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
  /** Certificates of a version that its audit or a drift refuted, oldest first. */
  withdrawals(workflow: string, ref: string): Promise<readonly Withdrawal[]>;
  /** Written beside the version; a certificate withdrawn twice is withdrawn once. */
  withdraw(workflow: string, ref: string, withdrawal: Withdrawal): Promise<void>;
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
}

export interface ProfileInUse {
  readonly workflow: string;
  readonly ref: string;
}

/** What is no longer accepted on a certificate's word, and why. */
export interface Withdrawal extends Pick<Certificate, "path"> {
  readonly population: Population;
  /** In plain words. */
  readonly reason: string;
  /** RFC 3339. */
  readonly on: string;
}

/** The name and version of "default@3". */
export function profileRef({ name, version }: Pick<Profile, "name" | "version">): string {
  return `${name}@${version}`;
}
