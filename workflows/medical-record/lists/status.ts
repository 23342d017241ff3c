/** The words of a status → one of the schema's. Pure. */

type ProblemStatus = "active" | "inactive" | "resolved" | "historical";
type MedicationStatus = "active" | "stopped" | "completed" | "planned" | "historical";

export function problemStatusOf(words: string): ProblemStatus | null {
  if (/\b(?:resolved|cured|in remission|healed)\b/i.test(words)) return "resolved";
  if (/\binactive\b|\brefuted\b/i.test(words)) return "inactive";
  if (/\b(?:historical|history|past|previous|former)\b/i.test(words)) return "historical";
  return /\b(?:active|chronic|current|ongoing|recurrence|relapse)\b/i.test(words) ? "active" : null;
}

export function medicationStatusOf(words: string): MedicationStatus | null {
  if (
    /\b(?:discontinued|stopped|suspended|held|on hold|not (?:given|taken|taking)|cancelled|canceled|aborted)\b/i.test(
      words,
    )
  )
    return "stopped";
  if (/\b(?:completed|expired|finished|no longer active|inactive)\b/i.test(words)) return "completed";
  if (/\b(?:planned|ordered|to start|pending)\b/i.test(words)) return "planned";
  if (/\b(?:historical|past|previous)\b/i.test(words)) return "historical";
  return /\b(?:active|current|taking|ongoing|continue[ds]?)\b/i.test(words) ? "active" : null;
}
