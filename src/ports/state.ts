import type { z } from "zod";
import type { Draft, Final, Pages, Schema, Start } from "./step.ts";

/** Types that carry the order of steps and the paths of a schema through a workflow. */

/** Any state a workflow can be in. */
export type State = Start | Pages | Draft<Schema> | Final<Schema>;

type Inner<T> = T extends z.ZodNullable<infer U> | z.ZodOptional<infer U> | z.ZodDefault<infer U> ? Inner<U> : T;

/** Dotted paths of a schema: its leaves and its arrays ("seller.name", "lines"). */
export type PathOf<S extends Schema> = {
  [K in keyof S["shape"] & string]: Inner<S["shape"][K]> extends infer U
    ? U extends Schema
      ? `${K}.${PathOf<U>}`
      : K
    : never;
}[keyof S["shape"] & string];

/** The schema at a dotted path. */
export type At<S extends Schema, P extends string> = P extends `${infer Head}.${infer Rest}`
  ? Inner<S["shape"][Head]> extends infer U extends Schema
    ? At<U, Rest>
    : never
  : Inner<S["shape"][P]>;

/** What a rule receives for a path: the parsed form, present. */
export type ValueAt<S extends Schema, P extends string> =
  At<S, P> extends infer U extends z.ZodType ? NonNullable<z.output<U>> : never;

/** Paths whose value is one of a fixed set. */
export type EnumPathOf<S extends Schema> = {
  [P in PathOf<S>]: At<S, P> extends z.ZodEnum ? P : never;
}[PathOf<S>];

/** The values an enum path can take. */
export type EnumAt<S extends Schema, P extends string> =
  At<S, P> extends infer U extends z.ZodEnum ? `${z.output<U>}` : never;

/** The draft after `Added` was proposed: a new one, or the earlier paths with the new ones beside them. */
export type Drafted<In, Added extends Schema> =
  In extends Draft<infer Known> ? Draft<Merged<Known, Added>> : Draft<Added>;

/** Both sets of paths; the later schema wins where both name one. */
export type Merged<A extends Schema, B extends Schema> = z.ZodObject<Omit<A["shape"], keyof B["shape"]> & B["shape"]>;
