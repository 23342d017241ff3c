import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type Draft,
  type Flow,
  type Money,
  askPerson,
  csv,
  deliver,
  extract,
  folder,
  lookup,
  money,
  read,
  review,
  tools,
  validate,
  workflow,
} from "./index.ts";

const Invoice = z.object({
  number: z.string().describe("invoice number"),
  issuedOn: z.iso.date(),
  seller: z.object({ name: z.string(), vatId: z.string().nullable() }),
  kind: z.enum(["goods", "services"]),
  net: money(),
  tax: money(),
  total: money(),
  lines: z.array(z.object({ description: z.string(), amount: money() })),
});

const Extra = z.object({ note: z.string().nullable() });

const begun = workflow("typed", { version: 1 }).step(read());

test("a workflow in the order of the documents compiles, and its rules receive exact money", () => {
  const flow = begun
    .step(extract(Invoice))
    .step(
      validate("sums", ["net", "tax", "total", "seller.name", "lines"], (values, doubt) => {
        expectTypeOf(values.net).toEqualTypeOf<Money>();
        expectTypeOf(values["seller.name"]).toEqualTypeOf<string>();
        expectTypeOf(values.lines).toEqualTypeOf<{ description: string; amount: Money }[]>();
        if (!values.net.plus(values.tax).eq(values.total)) doubt(`net ${values.net} and tax ${values.tax}`);
      }),
    )
    .step(review())
    .step(deliver(folder("outbox")));
  expect(flow.definition.nodes).toHaveLength(5);
});

test("a second extract merges its paths into the draft", () => {
  const flow = begun.step(extract(Invoice)).step(extract(Extra, { name: "more" }));
  flow.step(
    validate("both", ["note", "total"], ({ note, total }) => {
      expectTypeOf(note).toEqualTypeOf<string>();
      expectTypeOf(total).toEqualTypeOf<Money>();
    }),
  );
  expect(Object.keys(flow.definition.schema?.shape ?? {})).toContain("note");
});

test("own steps see the stage they stand in", () => {
  const flow = begun.step(extract(Invoice)).step("stamp", (state) => {
    expectTypeOf(state).toExtend<Draft<typeof Invoice>>();
    return state;
  });
  expectTypeOf(flow).toEqualTypeOf<Flow<Draft<typeof Invoice>>>();
});

test("a branch on an enum path wants an arm a value", () => {
  const drafted = begun.step(extract(Invoice));
  const flow = drafted.branch("kind", {
    goods: (arm) => arm.step(validate("goods", ["net"], () => {})),
    services: (arm) => arm,
  });
  expect(flow.step(review()).definition.nodes).toHaveLength(4);
  // @ts-expect-error an arm is missing
  drafted.branch("kind", { goods: (arm) => arm });
  // @ts-expect-error total is not an enum
  drafted.branch("total", {});
});

test("what is out of order or misspelt does not compile", () => {
  const drafted = begun.step(extract(Invoice));
  // @ts-expect-error a document is read before anything is extracted
  workflow("w", { version: 1 }).step(extract(Invoice));
  // @ts-expect-error only a draft can be reviewed
  begun.step(review());
  // @ts-expect-error only a final document is delivered
  drafted.step(deliver(folder("outbox")));
  // @ts-expect-error a final document is not validated any more
  drafted.step(review()).step(validate("late", ["net"], () => {}));
  // @ts-expect-error "nett" is no path of the schema
  drafted.step(validate("sums", ["nett"], () => {}));
  // @ts-expect-error "seller" is no leaf
  drafted.step(validate("sums", ["seller"], () => {}));
  // @ts-expect-error a rule sees only the paths it names
  const unseen = drafted.step(validate("sums", ["net"], ({ tax }) => tax));
  expect(unseen.definition.nodes).toHaveLength(3);
});

const vendors = csv("vendor", {
  file: "vendors.csv",
  match: "number",
  row: z.object({ name: z.string(), credit: money() }),
});

test("what a lookup brings is part of the draft, typed, for the rules behind it", () => {
  const drafted = begun.step(extract(Invoice));
  const flow = drafted.step(lookup("seller.vatId", vendors)).step(
    validate("credit", ["total", "vendor.credit"], (values, doubt) => {
      expectTypeOf(values["vendor.credit"]).toEqualTypeOf<Money>();
      if (values.total.cmp(values["vendor.credit"]) > 0) doubt("too much");
    }),
  );
  expect(flow.definition.schema?.shape).toHaveProperty("vendor");
  // @ts-expect-error "sellr" is no path of the schema
  drafted.step(lookup("sellr", vendors));
  // @ts-expect-error there is nothing to look up before anything is extracted
  begun.step(lookup("total", vendors));
  // @ts-expect-error the row has no such column
  drafted.step(lookup("number", vendors)).step(validate("x", ["vendor.city"], () => {}));
  expect(() => drafted.step(lookup("number", vendors)).step(lookup("total", vendors)).definition).toThrow(
    'two steps are named "look up vendor"',
  );
});

test("an agent goes on from a draft, and its answer is part of it", () => {
  const answer = z.object({ reply: z.string() });
  const drafted = begun.step(extract(Invoice));
  const flow = drafted.agent(tools(answer, askPerson()), { turnsMax: 3 }).step(review());
  expect(flow.definition.schema?.shape).toHaveProperty("reply");
  // @ts-expect-error nothing was extracted yet
  begun.agent(tools(answer, askPerson()));
  expect(() => drafted.agent(tools(answer, askPerson()), { turnsMax: 0 }).definition).toThrow("turnsMax of agent");
  const twice = drafted.agent(tools(answer, askPerson())).agent(tools(answer, askPerson()));
  expect(() => twice.definition).toThrow('two steps are named "agent"');
  const hash = (turnsMax: number) => drafted.agent(tools(answer, askPerson()), { turnsMax }).definition.hash;
  expect(hash(3)).not.toBe(hash(4));
});

test("mistakes the compiler cannot see are named when the workflow loads", () => {
  const twice = begun.step(extract(Invoice)).step(extract(Extra));
  expect(() => twice.definition).toThrow('two steps are named "extract"');
  expect(() => workflow("No Name", { version: 1 }).step(read()).definition).toThrow("lower-case");
  expect(() => workflow("w", { version: 0 }).step(read()).definition).toThrow("version");
  expect(() => workflow("w", { version: 1 }).definition).toThrow("no steps");
  expect(() => workflow("w", { version: 1, risk: 2 }).step(read()).definition).toThrow("risk");
});

test("the structural hash changes with anything that can change a result, and with nothing else", () => {
  const make = (limit: string, pagesMax = 50) =>
    workflow("hashed", { version: 1 })
      .step(read({ pagesMax }))
      .step(extract(Invoice))
      .step(limit === "a" ? validate("rule", ["net"], () => {}) : validate("rule", ["net"], (_, doubt) => doubt("b")))
      .definition.hash;
  expect(make("a")).toBe(make("a"));
  expect(make("a")).not.toBe(make("b"));
  expect(make("a")).not.toBe(make("a", 3));
});
