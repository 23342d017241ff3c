import type { ChildProcess } from "node:child_process";

/** Processes started with `detached`: each leads a group of its own, so that what it leaves behind can be seen. */

export function isAlive({ pid }: ChildProcess): boolean {
  try {
    return process.kill(-(pid ?? 0), 0);
  } catch {
    return false;
  }
}

export function killAll(leaders: readonly ChildProcess[]): void {
  for (const leader of leaders) if (isAlive(leader)) process.kill(-(leader.pid ?? 0), "SIGKILL");
}
