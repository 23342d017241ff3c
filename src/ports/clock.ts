/** Time and randomness, injected so that tests own them. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** In 0..1. */
  random(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
