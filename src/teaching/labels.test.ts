import { expect, test } from "vitest";
import { z } from "zod";
import { checkLabels } from "./labels.ts";

const schema = z.object({ total: z.string(), problems: z.array(z.object({ name: z.string() })) });
const example = (truth: Parameters<typeof checkLabels>[0][number]["truth"]) =>
  ({ id: "a", truth }) as Parameters<typeof checkLabels>[0][number];

test("a list of entries may be labelled by their names; anything else that is no such list is a problem", () => {
  expect(checkLabels([example({ problems: ["Gout", "Asthma"] })], schema).problems).toEqual([]);
  expect(checkLabels([example({ problems: [{ name: "Gout" }] })], schema).problems).toEqual([]);
  expect(checkLabels([example({ problems: [1] })], schema).problems).toMatchObject([{ path: "problems" }]);
  expect(checkLabels([example({ total: ["Gout"] })], schema).problems).toMatchObject([{ path: "total" }]);
});
