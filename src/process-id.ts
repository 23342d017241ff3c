import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Names this process so that another one on the same machine can tell whether it still lives:
 * `host/pid/start`. A pid alone is used again by the next process, or after a reboot.
 */
export function processId(): string {
  return [scope(), process.pid, startOf(process.pid) ?? "unknown"].join("/");
}

/** Whether that process is gone for sure: same machine, and no process of that pid and start. */
export function hasEnded(id: string): boolean {
  const [host, pid, start] = id.split("/");
  if (host !== scope() || !/^\d+$/.test(pid ?? "") || start === undefined || start === "unknown") return false;
  const found = startOf(Number(pid));
  return found !== null && found !== start;
}

/** Whether that process runs or ran on this machine since it was started, so that `hasEnded` can tell. */
export function isOfThisMachine(id: string): boolean {
  const [host, , start] = id.split("/");
  const own = startOf(process.pid);
  return host === scope() && own !== null && start?.split(".")[0] === own.split(".")[0];
}

/** Processes can be told apart by pid only within one host and, in containers, one pid namespace. */
function scope(): string {
  return `${hostname()}:${quietly(() => readlinkSync("/proc/self/ns/pid")) ?? "all"}`.replaceAll("/", "_");
}

/** Boot and start time of a process, "gone" where there is no such process, null where the system does not tell. */
function startOf(pid: number): string | null {
  const boot = quietly(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8));
  if (boot === null) return isAlive(pid) ? null : "gone";
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === null) return "gone";
  // The name in the second field may hold spaces and brackets; start time is the twentieth after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended and only waits for its parent to notice.
  return fields[0] === "Z" || fields[0] === "X" ? "gone" : `${boot}.${fields[19]}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
