/** Immutable bytes named by their sha256: documents as they came, and what was read from them. */
export interface Blobs {
  /** Durable when it resolves. Storing the same bytes twice stores them once. @returns the sha256, lower-case hex */
  put(bytes: Uint8Array): Promise<string>;
  /** @throws WeirError `document.lost` where there are no such bytes or they no longer match their name */
  get(sha256: string): Promise<Uint8Array>;
  has(sha256: string): Promise<boolean>;
}
