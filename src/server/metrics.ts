import type { Figure, PromiseStats, ServiceStats } from "../ports/index.ts";
import { wireStatus } from "./views.ts";

/** Figures in Prometheus' text exposition format 0.0.4. */

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** Upper bounds in seconds. */
const buckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const;

interface Series {
  readonly labels: Labels;
  count: number;
  seconds: number;
  readonly perBucket: number[];
}

/** Counts the requests of one server. Labels are bounded: routes of the table, never paths as they came. */
export class RequestCounter {
  readonly #series = new Map<string, Series>();

  add(method: string, route: string, status: number, seconds: number): void {
    const labels = { method, route, status: String(status) };
    const key = Object.values(labels).join(" ");
    const series = this.#series.get(key) ?? { labels, count: 0, seconds: 0, perBucket: buckets.map(() => 0) };
    this.#series.set(key, series);
    series.count++;
    series.seconds += seconds;
    for (const [index, bound] of buckets.entries()) {
      if (seconds <= bound) series.perBucket[index] = (series.perBucket[index] ?? 0) + 1;
    }
  }

  render(): string {
    const all = [...this.#series.values()];
    const requests = all.map(({ labels, count }): Sample => [labels, count]);
    return (
      metric("weir_http_requests_total", "counter", "Requests answered.", requests) +
      `# HELP ${histogram} Time from request to answer.\n# TYPE ${histogram} histogram\n${all.map(distribution).join("")}`
    );
  }
}

const histogram = "weir_http_request_seconds";

function distribution({ labels, count, seconds, perBucket }: Series): string {
  const bucket = (bound: string, value: number) => line(`${histogram}_bucket`, { ...labels, le: bound }, value);
  const lines = buckets.map((bound, index) => bucket(String(bound), perBucket[index] ?? 0));
  const sums = line(`${histogram}_sum`, labels, seconds) + line(`${histogram}_count`, labels, count);
  return lines.join("") + bucket("+Inf", count) + sums;
}

/** Runs by the status they are shown with. */
export function renderStats(stats: ServiceStats): string {
  const runs = new Map<string, number>();
  for (const [status, count] of Object.entries(stats.runs)) {
    const shown = wireStatus(status as keyof ServiceStats["runs"]);
    runs.set(shown, (runs.get(shown) ?? 0) + count);
  }
  const byStatus = [...runs].map(([status, count]): Sample => [{ status }, count]);
  const depth = Object.entries(stats.queue).map(([state, count]): Sample => [{ state }, count]);
  return (
    metric("weir_runs", "gauge", "Runs by status.", byStatus) +
    metric("weir_queue_depth", "gauge", "Wake-ups: due now, due later, held by a worker.", depth) +
    metric("weir_queue_oldest_seconds", "gauge", "How long the run that waits longest has been due; 0: none is.", [
      [{}, (stats.oldestDueMs ?? 0) / 1_000],
    ]) +
    metric(
      "weir_disk_free_bytes",
      "gauge",
      "Free on the disk of this process's data folder.",
      stats.diskFreeBytes === null ? [] : [[{}, stats.diskFreeBytes]],
    ) +
    metric("weir_accepting", "gauge", "1 while new documents are taken.", [[{}, stats.accepting ? 1 : 0]]) +
    renderProfiles(stats.profiles)
  );
}

/** What the profiles in use promise: one series a path and kind of senders. */
function renderProfiles(profiles: ServiceStats["profiles"]): string {
  const each = (of: (one: PromiseStats, holds: boolean) => number): readonly Sample[] =>
    profiles.flatMap(({ workflow, ref, promises, strange }) =>
      promises.map((one): Sample => {
        const labels = { workflow, profile: ref, path: one.path, senders: one.population };
        return [labels, of(one, strange === null)];
      }),
    );
  const stands = ({ rules, threshold, withdrawn }: PromiseStats, holds: boolean) =>
    holds && rules && threshold !== null && withdrawn === null ? 1 : 0;
  const usable = profiles.map(({ workflow, ref, problem }): Sample => [{ workflow, profile: ref }, problem ? 0 : 1]);
  return (
    metric("weir_profile_usable", "gauge", "1 while the profile in use can be read.", usable) +
    metric(
      "weir_promise_labels",
      "gauge",
      "Labels a promise rests on.",
      each(({ labels }) => labels),
    ) +
    metric("weir_promise_stands", "gauge", "1 while values are accepted on the promise.", each(stands)) +
    metric(
      "weir_certificates_withdrawn",
      "gauge",
      "Certificates of the profile in use that were withdrawn, for all senders of their kind or for single ones.",
      each(({ withdrawn, sourcesWithdrawn }) => (withdrawn === null ? 0 : 1) + sourcesWithdrawn),
    ) +
    metric(
      "weir_audit_checked",
      "gauge",
      "Accepted values that people checked.",
      each(({ checked }) => checked),
    ) +
    metric(
      "weir_audit_wrong",
      "gauge",
      "Wrong ones among those checked.",
      each(({ wrong }) => wrong),
    )
  );
}

/** What was counted by all processes together. */
export function renderFigures(figures: readonly Figure[]): string {
  return figures
    .map(({ name, help, type, series }) => {
      const lines = series.map(([one, value]) => `${one} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
    })
    .join("");
}

export function renderStreams(count: number): string {
  return metric("weir_event_streams", "gauge", "Clients that follow the events of a run.", [[{}, count]]);
}

export function renderProcess(version: string): string {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return (
    metric("weir_info", "gauge", "The version, as a label.", [[{ version }, 1]]) +
    metric("process_cpu_seconds_total", "counter", "CPU time, user and system.", [[{}, (user + system) / 1e6]]) +
    metric("process_resident_memory_bytes", "gauge", "Resident memory.", [[{}, rss]]) +
    metric("process_start_time_seconds", "gauge", "Start of the process since 1970.", [
      [{}, performance.timeOrigin / 1000],
    ]) +
    metric("nodejs_heap_used_bytes", "gauge", "JavaScript heap in use.", [[{}, heapUsed]])
  );
}

function metric(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => line(name, labels, value));
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
