/** Immutable bytes named by their sha256: documents as they came, and what was read from them. */
export interface Blobs {
  /** Durable when it resolves. Storing the same bytes twice stores them once. @returns the sha256, lower-case hex */
  put(bytes: Uint8Array): Promise<string>;
  /** @throws WeirError `document.lost` where there are no such bytes or they no longer match their name */
  get(sha256: string): Promise<Uint8Array>;
  has(sha256: string): Promise<boolean>;
}

/** What keeps them, for whoever tidies up. */
export interface BlobStore extends Blobs {
  /** Everything that is there, in no order. */
  list(): AsyncIterable<StoredBlob>;
  /**
   * Removes it, unless it was put again since a time: then somebody is about to need it.
   * @param untouchedSince absent: whenever it was put
   * @returns whether it is gone
   */
  remove(sha256: string, untouchedSince?: number): Promise<boolean>;
}

export interface StoredBlob {
  readonly sha256: string;
  readonly bytes: number;
  /** When it was put last, milliseconds since 1970. */
  readonly putAt: number;
}
