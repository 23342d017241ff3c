import type { Box } from "../../core/document.ts";
import type { GrayPage } from "./picture.ts";
import { boxOfRun, type Run } from "./runs.ts";

/**
 * Tells text that people see from text that only the file knows: white on white, covered, clipped away,
 * outside the page, drawn with "render mode 3". The page is drawn and looked at: text without any contrast
 * at its place is hidden. The text layer of a scan is kept, since the picture behind it has contrast.
 * Pure.
 */

/** Shades of 256 between the darkest and the lightest pixel. Fainter text is not readable. */
const contrastMin = 14;

/** Text smaller than this, in points, is a speck. */
const sizeMin = 1;

export interface Sorted {
  readonly visible: readonly Run[];
  readonly hidden: readonly Run[];
}

/** @param size of the page in points; `picture` may have any scale */
export function sortByVisibility(
  runs: readonly Run[],
  size: { readonly width: number; readonly height: number },
  picture: GrayPage,
): Sorted {
  const groups = Map.groupBy(runs, (run) => run.size >= sizeMin && hasContrast(boxOfRun(run), size, picture));
  return { visible: groups.get(true) ?? [], hidden: groups.get(false) ?? [] };
}

/** Whether anything at all is painted on the page. */
export function isBlank(picture: GrayPage): boolean {
  return contrast(picture, 0, 0, picture.width, picture.height) < contrastMin;
}

function hasContrast([x, y, width, height]: Box, size: { width: number; height: number }, picture: GrayPage): boolean {
  const [across, down] = [picture.width / size.width, picture.height / size.height];
  const left = Math.max(0, Math.floor(x * across));
  const top = Math.max(0, Math.floor(y * down));
  const right = Math.min(picture.width, Math.ceil((x + width) * across));
  const bottom = Math.min(picture.height, Math.ceil((y + height) * down));
  return right > left && bottom > top && contrast(picture, left, top, right, bottom) >= contrastMin;
}

/** Lightest minus darkest pixel; stops early once it is enough. */
function contrast(picture: GrayPage, left: number, top: number, right: number, bottom: number): number {
  let darkest = 255;
  let lightest = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const shade = picture.data[row * picture.width + column] ?? 255;
      if (shade < darkest) darkest = shade;
      if (shade > lightest) lightest = shade;
    }
    if (lightest - darkest >= contrastMin) break;
  }
  return lightest - darkest;
}
