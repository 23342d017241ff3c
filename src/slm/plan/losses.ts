import type { JsonObject } from "../../core/index.ts";

/**
 * `unchecked`: the grammar does not hold it; an answer that breaks it is refused afterwards.
 * `narrowed`: some values that the schema allows are never written.
 * `unknown`: no keyword of JSON Schema; nothing is done about it.
 * `impossible`: nothing can be written here.
 */
export type LossEffect = "unchecked" | "narrowed" | "unknown" | "impossible";

/** A part of a schema that a grammar does not hold. */
export interface Loss {
  /** "lines.*.amount"; "" for the whole. */
  readonly path: string;
  readonly keyword: string;
  readonly effect: LossEffect;
}

/** What was lost, each once, in the order it was found. */
export class Notes {
  readonly #losses = new Map<string, Loss>();

  get size(): number {
    return this.#losses.size;
  }

  add(loss: Loss): void {
    this.#losses.set(JSON.stringify([loss.path, loss.keyword, loss.effect]), loss);
  }

  all(): readonly Loss[] {
    return [...this.#losses.values()];
  }

  /** What could not be written since then was one of several ways. */
  soften(since: number, path: string): void {
    for (const [key, loss] of [...this.#losses].slice(since)) {
      if (loss.effect !== "impossible" || !loss.path.startsWith(path)) continue;
      this.#losses.delete(key);
      this.add({ ...loss, effect: "narrowed" });
    }
  }

  /** Names every keyword that no form of a value looks at. */
  unwritten(schema: JsonObject, path: string): void {
    for (const keyword of Object.keys(schema)) {
      if (written.has(keyword) || annotations.has(keyword)) continue;
      this.add({ path, keyword, effect: unchecked.has(keyword) ? "unchecked" : "unknown" });
    }
  }
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Looked at by the forms of the values or before them. */
const written = words(
  "type enum const anyOf oneOf allOf $ref properties required additionalProperties patternProperties minProperties " +
    "maxProperties items prefixItems additionalItems minItems maxItems minLength maxLength pattern format minimum " +
    "maximum exclusiveMinimum exclusiveMaximum multipleOf",
);
/** Say nothing about which values are right. */
const annotations = words(
  "$schema $id id $comment $anchor $defs definitions $vocabulary title description default examples example " +
    "deprecated readOnly writeOnly contentEncoding contentMediaType contentSchema weir setting nullable",
);
const unchecked = words(
  "not if then else dependencies dependentRequired dependentSchemas propertyNames contains minContains maxContains " +
    "uniqueItems unevaluatedProperties unevaluatedItems $dynamicRef $recursiveRef",
);
