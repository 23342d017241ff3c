import type { AtCrashPoint } from "../../src/engine/crash-points.ts";

const [crashPoint, crashTurn = "1"] = (process.env["CRASH_AT"] ?? "").split(":");
let turns = 0;

/** For processes of crash tests: `CRASH_AT=point:n` is a SIGKILL at the nth time that crash point is reached. */
export const atCrashPoint: AtCrashPoint = (point) => {
  if (point !== crashPoint) return;
  turns += 1;
  if (turns === Number(crashTurn)) process.kill(process.pid, "SIGKILL");
};
