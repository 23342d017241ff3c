/** Fields of a log line, attributes of a span: names, ids, codes and numbers. Never a word of a document. */
export type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What Weir says about itself to whoever runs it. */
export interface Telemetry {
  /** One line about one change. @param event its name, e.g. `run.succeeded` */
  log(level: LogLevel, event: string, fields?: Fields): void;
  /** Runs `work` as a span: what is done within it hangs below it. What `work` throws ends the span as failed, with its code. */
  during<T>(span: SpanOf, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /** Adds to a counter that all processes of an installation share. */
  count(name: CounterName, labels: Labels, by?: number): void;
  /** Adds one observation to a histogram that all processes share. */
  observe(name: HistogramName, labels: Labels, value: number): void;
}

export interface SpanOf {
  readonly name: string;
  /** `client`: something outside this process is asked. */
  readonly kind: "internal" | "client";
  readonly attributes: Fields;
}

export interface OpenSpan {
  /** Whether anybody will see it: what is dear to find out need not be. */
  readonly isRecording: boolean;
  set(attributes: Fields): void;
}

/** Labels are bounded: names of workflows, steps and paths, never what came from outside. */
export type Labels = Readonly<Record<string, string>>;

/** What is counted, and what that means. */
export const counters = {
  weir_runs_total: "Runs by what became of them: queued, review, succeeded, failed, cancelled, needs-migration.",
  weir_decisions_total:
    "Decided values by path: accepted by neither cloud nor person, by the cloud, by a person, left empty; sent to review.",
  weir_model_tokens_total:
    "Tokens of the local model: read (prompt), found in its state (reused), written (generated).",
  weir_cloud_calls_total: "Requests to a cloud model.",
  weir_cloud_tokens_total: "Tokens of cloud models: prompt and completion.",
  weir_step_failures_total: "Steps that failed, by the code of the error.",
  weir_retries_total: "Runs put off to be tried again later, by reason.",
  weir_leases_lost_total: "Work thrown away because another worker held the run.",
  weir_runs_recovered_total: "Runs taken back from processes that had died.",
  weir_model_host_restarts_total: "Model processes that had to be started anew after they ended.",
} as const;
export type CounterName = keyof typeof counters;

export const histograms = {
  weir_step_seconds: "Time of steps that were done.",
} as const;
export type HistogramName = keyof typeof histograms;

/** Says nothing to nobody. */
export const noTelemetry: Telemetry = {
  log: () => {},
  during: async (_span, work) => await work({ isRecording: false, set: () => {} }),
  count: () => {},
  observe: () => {},
};

/** Sums that survive the process that counted. A key is a series in Prometheus' spelling: `name{label="value"}`. */
export interface TallyStore {
  /** All or none. */
  add(sums: ReadonlyMap<string, number>): Promise<void>;
  all(): Promise<ReadonlyMap<string, number>>;
}

/** One metric with all its series, as `TallyStore` keeps them. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "histogram";
  readonly series: readonly (readonly [series: string, value: number])[];
}
