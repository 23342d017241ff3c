import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CalibrationPoint, type RiskAtCoverage, calibrationCurve, riskCoverage } from "../../confidence/index.ts";
import { type PathAnswer, sureOf } from "./score.ts";

/** Curves behind the figures of `weir eval`: as numbers in one file, and each as a picture. */

interface Curves {
  readonly riskCoverage: readonly RiskAtCoverage[];
  readonly calibration: readonly CalibrationPoint[];
}

/** Writes `curves.json` and two SVG files a path; "all" pools them. @returns the files' names */
export async function writeCurves(folder: string, answers: readonly PathAnswer[]): Promise<readonly string[]> {
  const byPath = Map.groupBy(answers, ({ path }) => path);
  const groups = [["all", answers] as const, ...byPath];
  const curves = groups.flatMap(([path, some]): (readonly [string, Curves])[] => {
    const sure = sureOf(some);
    return sure.length === 0 ? [] : [[path, { riskCoverage: riskCoverage(sure), calibration: calibrationCurve(sure) }]];
  });
  const files = new Map([["curves.json", `${JSON.stringify(Object.fromEntries(curves), null, 2)}\n`]]);
  for (const [path, { riskCoverage: risks, calibration }] of curves) {
    const name = path.replaceAll(/[^\p{L}\p{N}.-]/gu, "_");
    const bends = risks.map(({ coverage, risk }) => [coverage, risk] as const);
    const bins = calibration.map(({ confidence, accuracy }) => [confidence, accuracy] as const);
    files.set(`${name}.risk-coverage.svg`, picture(`${path}: wrong among accepted`, "share accepted", bends, "line"));
    files.set(`${name}.calibration.svg`, picture(`${path}: share right`, "confidence", bins, "dots"));
  }
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
  return [...files.keys()];
}

const side = 320;
const margin = 48;

/** A plot of points in the unit square; dots stand against the diagonal on which confidence is honest. */
function picture(
  title: string,
  across: string,
  points: readonly (readonly [x: number, y: number])[],
  kind: "line" | "dots",
): string {
  // Errors are small: the picture of a risk ends a little above the highest.
  const top =
    kind === "dots" ? 1 : Math.min(1, Math.max(0.1, Math.ceil(Math.max(...points.map(([, y]) => y)) * 10) / 10));
  const x = (value: number) => round(margin + value * side);
  const y = (value: number) => round(margin + side - (value / top) * side);
  const size = side + 2 * margin;
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    `<text x="${x(part)}" y="${size - margin + 16}" text-anchor="middle">${part}</text>`,
    `<text x="${margin - 6}" y="${y(part * top) + 4}" text-anchor="end">${round(part * top)}</text>`,
  ]);
  const drawn =
    kind === "line"
      ? [
          `<polyline fill="none" stroke="#0a6" stroke-width="2" points="${points.map(([a, b]) => `${x(a)},${y(b)}`).join(" ")}"/>`,
        ]
      : [
          `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#bbb"/>`,
          ...points.map(([a, b]) => `<circle cx="${x(a)}" cy="${y(b)}" r="4" fill="#0a6"/>`),
        ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" font-family="sans-serif" font-size="12">`,
    `<rect width="${size}" height="${size}" fill="#fff"/>`,
    `<rect x="${margin}" y="${margin}" width="${side}" height="${side}" fill="none" stroke="#888"/>`,
    `<text x="${size / 2}" y="28" text-anchor="middle" font-size="14">${escaped(title)}</text>`,
    `<text x="${size / 2}" y="${size - 12}" text-anchor="middle">${across}</text>`,
    ...ticks,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

const round = (value: number) => Math.round(value * 100) / 100;

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
