/** The one door of steps to other systems over HTTP. */
export interface Web {
  /**
   * One request to exactly the host its URL names. A redirect to another host is never followed, and one
   * of a request that changes something not at all.
   * @throws the signal's reason
   */
  request(request: WebRequest): Promise<WebAnswer | WebFailure>;
}

export interface WebRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, the body included. */
  readonly timeoutMs: number;
  /** Of the answer's body. */
  readonly bytesMax: number;
  readonly signal?: AbortSignal;
}

export interface WebAnswer {
  readonly ok: true;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** No answer, and why. */
export interface WebFailure {
  readonly ok: false;
  readonly why: "airgap" | "unreachable" | "timeout" | "too-large" | "redirect";
  readonly message: string;
}
