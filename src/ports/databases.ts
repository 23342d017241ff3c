/** Databases of the user that workflows look things up in. Only reading. */
export interface Databases {
  /**
   * Rows of one statement that changes nothing.
   * @throws WeirError `lookup.unreachable` where the database cannot be opened or is busy, `lookup.timeout`,
   *   `lookup.misconfigured` for a statement that does not fit it or would write; the signal's reason
   */
  query(query: DatabaseQuery): Promise<readonly DatabaseRow[]>;
  close(): Promise<void>;
}

export type DatabaseRow = Readonly<Record<string, string | number | null>>;

export interface DatabaseQuery {
  /** Absolute path of an SQLite file, or the `postgres://` address of a server. */
  readonly database: string;
  /** Values stand as `:name`. */
  readonly sql: string;
  readonly values: Readonly<Record<string, string>>;
  /** Further rows are not fetched. */
  readonly rowsMax: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}
