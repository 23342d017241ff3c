import { expect, test } from "vitest";
import { markdownTable, withFigures } from "./figures.ts";

const page = "# Page\n\n<!-- figures: one -->\n\nold\n\n<!-- end -->\n\nwords\n\n<!-- figures: two -->\n<!-- end -->\n";

test("figures replace those of the same name and nothing else", () => {
  const written = withFigures(page, "one", "new\n");
  expect(written).toBe(page.replace("old", "new"));
  expect(withFigures(written, "one", "old")).toBe(page);
  expect(() => withFigures(page, "three", "new")).toThrow(/no place/);
});

test("a table of rows is a table of the page", () => {
  expect(markdownTable([{ fault: "killed", lost: 0 }])).toBe("| fault | lost |\n| --- | ---: |\n| killed | 0 |");
});
