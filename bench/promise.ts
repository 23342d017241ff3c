// node bench/promise.ts [--draws N] [--documents 100,300,1000] [--risks 0.02,0.05] [--world NAME]: draws labelled
// documents at random from worlds whose true error is known, makes certificates from them, and prints how often
// each promise was made and kept. `certified` must be broken in at most 5 % of draws, the mean error of the others
// must stay at or below the risk, three standard errors allowed. Exits 1 when one is not.
import { parseArgs } from "node:util";
import { type Kept, tryPromises } from "./promises.ts";
import { worlds } from "./worlds.ts";

const { values } = parseArgs({
  options: {
    draws: { type: "string", default: "400" },
    documents: { type: "string", default: "100,300,1000" },
    risks: { type: "string", default: "0.02,0.05" },
    world: { type: "string" },
  },
});
const numbers = (list: string) => list.split(",").map(Number);
const draws = Number(values.draws);

function breaks({ promise, risk, broken, error }: Kept): boolean {
  const [seen, allowed] = promise === "certified" ? [broken, 0.05] : [error, risk];
  return seen > allowed + 3 * Math.sqrt((allowed * (1 - allowed)) / draws) * (promise === "certified" ? 1 : risk);
}

console.log("world                documents promise    risk  senders path    made  accepted  broken  mean error");
let bad = 0;
for (const world of worlds) {
  if (values.world !== undefined && world.name !== values.world) continue;
  for (const documents of numbers(values.documents)) {
    for (const kept of tryPromises(world, documents, numbers(values.risks), draws)) {
      bad += breaks(kept) ? 1 : 0;
      console.log(
        [
          kept.world.padEnd(20),
          String(kept.documents).padStart(9),
          kept.promise.padEnd(10),
          String(kept.risk).padEnd(5),
          kept.population.padEnd(7),
          kept.path.padEnd(6),
          kept.made.toFixed(3),
          kept.coverage.toFixed(3).padStart(8),
          kept.broken.toFixed(3).padStart(8),
          kept.error.toFixed(4).padStart(9),
          breaks(kept) ? "BROKEN" : "",
        ].join(" "),
      );
    }
  }
}
console.log(bad === 0 ? "every promise was kept" : `${bad} promises were broken too often`);
process.exitCode = bad === 0 ? 0 : 1;
