/** Named signals, each in 0..1 (a few in -1..1); one that is 0 is left out. */
export type Cues = Readonly<Record<string, number>>;
export type Put = (name: string, value: number | boolean) => void;

/** Collects cues, keeping only those that say something. */
export function collect(fill: (put: Put) => void): Cues {
  const cues: Record<string, number> = {};
  fill((name, value) => {
    const number = Number(value);
    if (number !== 0) cues[name] = number;
  });
  return cues;
}
