import type { Ranked } from "./ranker.ts";
import type { Survey } from "./survey.ts";

/** Named signals of a decision, each in 0..1, as the result shows them. */
export function evidenceOf(best: Ranked, ranking: readonly Ranked[], survey: Survey): Readonly<Record<string, number>> {
  const second = ranking[1]?.probability ?? 0;
  const label = Math.max(best.cues["left~own"] ?? 0, best.cues["above~own"] ?? 0, best.cues["prior~own"] ?? 0);
  const signals: Record<string, number> = {
    "ranker.probability": best.probability,
    "ranker.margin": best.probability - second,
  };
  if (best.candidate === null) return rounded(signals);
  signals["label.fit"] = Math.min(1, label);
  signals["page.places"] = Math.min(1, best.places.length / 4);
  signals["page.rivals"] = Math.min(1, (survey.candidates(best.candidate.kind).length - 1) / 20);
  if (best.candidate.traits.includes("checksum")) signals["checksum"] = 1;
  if (best.candidate.traits.includes("ambiguous")) signals["date.ambiguous"] = 1;
  if ((best.cues["netPlusTax"] ?? 0) + (best.cues["taxedNet"] ?? 0) + (best.cues["taxOfNet"] ?? 0) > 0)
    signals["sum.agrees"] = 1;
  return rounded(signals);
}

function rounded(signals: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(signals).map(([name, value]) => [name, Math.round(value * 1e4) / 1e4]));
}
