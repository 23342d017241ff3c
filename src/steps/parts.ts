import { z } from "zod";
import { type DocumentText, type Line, type PartLines, WeirError, jsonSchema } from "../core/index.ts";
import type { Concatenation, Merge, MergedParts, PartDraft, Schema, Split, StepContext } from "../ports/index.ts";
import { optionalPaths } from "./schema.ts";

/** A part begins at every line the test holds for, and is named by it; what stands before the first is a part too. */
export function byHeading(heading: RegExp): Split {
  return {
    shape: { byHeading: String(heading) },
    parts: (text) => {
      const test = new RegExp(heading.source, heading.flags.replaceAll(/[gy]/g, ""));
      return between(
        text,
        (line) => test.test(line.text.trim()),
        ({ text: name }) => name.trim(),
      );
    },
  };
}

/** A part for every so many pages, or fewer at the end. */
export function byPages(count = 1): Split {
  return {
    shape: { byPages: count },
    parts: (text) => {
      const firsts = new Set(text.pages.filter((_, at) => at % count === 0).map(({ page }) => page));
      const begun = new Set<number>();
      const begins = ({ page }: Line) => firsts.has(page) && !begun.has(page) && begun.add(page) !== undefined;
      return between(text, begins, ({ page }) => `page ${page}`);
    },
  };
}

function between(
  { pages }: DocumentText,
  begins: (line: Line) => boolean,
  nameOf: (first: Line) => string,
): readonly PartLines[] {
  const parts: PartLines[] = [];
  for (const line of pages.flatMap(({ lines }) => lines)) {
    const place = { page: line.page, line: line.line };
    const open = parts.at(-1);
    // Not `&&`: the test may count.
    const isFirst = begins(line);
    if (!open || isFirst) parts.push({ name: nameOf(line), from: place, to: place });
    else parts[parts.length - 1] = { ...open, to: place };
  }
  return parts;
}

/** One list of what every part has of it: the facts of all parts one after another. Every field of a part must be a list. */
export function concat(): Concatenation {
  return {
    concatenates: true,
    shape: { concat: true },
    decides: false,
    schemaOf: (part) => {
      const single = Object.entries(part.shape).find(([, field]) => !(field instanceof z.ZodArray))?.[0];
      if (single === undefined) return part;
      throw new WeirError(
        "workflow.invalid",
        `"${single}" of a part is no list: concat() has nothing to put together.`,
      );
    },
    merge: concatenated,
  };
}

function concatenated(parts: readonly PartDraft[]): MergedParts {
  const before = new Map<string, number>();
  const all = parts.map(({ draft }) => {
    const shift = (path: string) =>
      path.replace(/^([^.]+)\.(\d+)/, (_, key: string, at: string) => `${key}.${Number(at) + (before.get(key) ?? 0)}`);
    const moved = {
      decisions: Object.fromEntries(Object.entries(draft.decisions).map(([path, one]) => [shift(path), one])),
      doubts: draft.doubts.map((doubt) => ({ ...doubt, paths: doubt.paths.map(shift) })),
      optional: draft.optional.map(shift),
    };
    for (const [key, count] of lengthsOf(draft)) before.set(key, (before.get(key) ?? 0) + count);
    return moved;
  });
  return {
    decisions: Object.assign({}, ...all.map(({ decisions }) => decisions)),
    doubts: all.flatMap(({ doubts }) => doubts),
    optional: all.flatMap(({ optional }) => optional),
  };
}

function lengthsOf({ decisions }: PartDraft["draft"]): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const path of Object.keys(decisions)) {
    const [key = "", at = ""] = path.split(".");
    if (/^\d+$/.test(at)) lengths.set(key, Math.max(lengths.get(key) ?? 0, Number(at) + 1));
  }
  return lengths;
}

/** Paths of the document made from what was decided about its parts. What is to be checked must not be accepted. */
export function merged<Of extends Schema, Added extends Schema>(
  schema: Added,
  merge: (parts: readonly PartDraft[], context: StepContext) => MergedParts | Promise<MergedParts>,
): Merge<Of, Added> {
  const optional = optionalPaths(schema);
  return {
    shape: { schema: jsonSchema(schema), source: String(merge) },
    decides: true,
    schemaOf: () => schema,
    merge: async (parts, context) => ({ optional, ...(await merge(parts, context)) }),
  };
}
