import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { renderStats } from "../src/server/metrics.ts";
import { promisesText } from "../src/cli/render/promises.ts";
import { paintWith } from "../src/cli/render/text.ts";
import { folderProfiles } from "../src/profiles/index.ts";
import { newProfile } from "../src/testing/profiles.ts";
import { profileStats } from "../src/engine/profile-stats.ts";

test("what is promised, missing, checked and withdrawn is told to people and to Prometheus", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-stats-"));
  try {
    const profiles = folderProfiles(folder);
    const [sure] = newProfile().certificates;
    const open = { threshold: null, bound: null, accepted: 0 };
    const certificates = sure
      ? [
          sure,
          { ...sure, path: "date", labels: 41, missing: 18, ...open },
          { ...sure, path: "note", missing: null, ...open },
          { ...sure, path: "code" },
          { ...sure, path: "code", risk: 0.1 },
        ]
      : [];
    await profiles.save(newProfile({ certificates }), []);
    const audit = { run: "01A", path: "total", population: "known" as const, right: true, on: "now" };
    await profiles.recordAudits("receipt", "default@1", [audit, { ...audit, run: "01B", right: false }]);
    const gone = { path: "code", population: "known" as const, reason: "3 of 5 were wrong", on: "now" };
    await profiles.withdraw("receipt", "default@1", gone);
    await profiles.withdraw("receipt", "default@1", { ...gone, path: "total", source: 4 });

    const present = { engineBuild: "test", models: { encoder: "e" } };
    const stats = await profileStats(profiles, present);
    expect(stats.flatMap((one) => promisesText(one, paintWith(false)))).toEqual([
      "default@1: at most 5.0 % of what is accepted is wrong, certified with 95 % confidence",
      "  total, known senders: promised after 80 labels (at most 5.0 %), withdrawn for 1 sender; 2 accepted ones checked, 1 wrong",
      "  date, known senders: 41 of about 59 labels before it can be promised",
      "  note, known senders: not promised after 80 labels: too many are wrong",
      "  code, known senders: withdrawn, 3 of 5 were wrong",
    ]);
    const runs = { queued: 0 } as never;
    const queue = { due: 0, later: 0, held: 0 };
    const metrics = renderStats({
      runs,
      queue,
      oldestDueMs: null,
      diskFreeBytes: null,
      accepting: true,
      problem: null,
      profiles: stats,
    });
    const series = 'workflow="receipt",profile="default@1",path="total",senders="known"';
    expect(metrics).toContain(`weir_promise_stands{${series}} 1\n`);
    expect(metrics).toContain(`weir_promise_stands{${series.replace("total", "code")}} 0\n`);
    expect(metrics).toContain(`weir_audit_wrong{${series}} 1\n`);

    const other = await profileStats(profiles, { engineBuild: "test", models: { encoder: "f" } });
    expect(other.flatMap((one) => promisesText(one, paintWith(false)))).toContain(
      "  nothing is accepted on it: it was taught with the encoder none, another one is in use; weir teach receipt",
    );

    writeFileSync(path.join(folder, "receipt", "default", "1", "sources.json"), "{}");
    const damaged = await profileStats(folderProfiles(folder), present);
    expect(damaged).toMatchObject([{ promises: [], problem: { code: "profile.damaged" } }]);
    expect(damaged.flatMap((one) => promisesText(one, paintWith(false))).join("\n")).toContain("cannot be used");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
