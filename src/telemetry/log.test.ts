import { expect, it } from "vitest";
import { type LogSettings, openLog } from "./log.ts";

function logged(settings: LogSettings) {
  const lines: string[] = [];
  return { log: openLog(settings, (line) => lines.push(line)), lines };
}

it("is one JSON object a line with level, time, event and fields", () => {
  const { log, lines } = logged({ level: "info", format: "json", color: false });
  log("warn", "step.failed", { run: "r1", step: "read", code: "document.damaged" });
  log("debug", "agent.chose", { run: "r1" });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "warn",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    pid: process.pid,
    event: "step.failed",
    run: "r1",
    step: "read",
    code: "document.damaged",
  });
});

it("is words for a terminal, in which no name moves the cursor", () => {
  const { log, lines } = logged({ level: "debug", format: "text", color: false });
  log("info", "file.submitted", { file: "invoice/a\u001b[2J b.pdf", run: "r1", gone: undefined, none: null });
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d file\.submitted file="invoice\/a\\u001b\[2J b\.pdf" run=r1\n$/);
});

it("says nothing where it is to be silent", () => {
  const { log, lines } = logged({ level: "silent", format: "json", color: false });
  log("error", "store.trouble");
  expect(lines).toEqual([]);
});
