import type { Json, JsonObject } from "../../core/index.ts";
import { draftOf, type Draft } from "./check.ts";
import { arrayOf, objectOf } from "./keywords.ts";

const describing = new Set(["$ref", "title", "description", "$comment", "default", "examples", "$schema", "$id", "id"]);
const containers = new Set(["$defs", "definitions"]);

/** The references of one schema document. */
export class References {
  readonly draft: Draft;
  readonly #root: Json;
  readonly #names = new Map<string, string>();

  constructor(root: Json) {
    this.#root = root;
    this.draft = draftOf(root);
  }

  /** Drafts up to 7 look at nothing that stands beside a reference. */
  get ignoresSiblings(): boolean {
    return this.draft === "4" || this.draft === "7";
  }

  /** Whether a reference is more than that. */
  hasOwnWords(schema: JsonObject): boolean {
    return Object.keys(schema).some((keyword) => !describing.has(keyword) && !containers.has(keyword));
  }

  /** @returns undefined where it leads out of the document or nowhere */
  target(reference: string): Json | undefined {
    const { $id, id } = objectOf(this.#root);
    const own = [$id, id].flatMap((name) => (typeof name === "string" ? [name.replace(/#$/, "")] : []));
    const [base = "", fragment = ""] = reference.split("#", 2);
    if (base !== "" && !own.includes(base)) return undefined;
    if (fragment !== "" && !fragment.startsWith("/")) return undefined;
    let at: Json | undefined = this.#root;
    for (const raw of fragment.split("/").slice(1)) {
      const key = decodeURIComponent(raw).replaceAll("~1", "/").replaceAll("~0", "~");
      at = Array.isArray(at) ? arrayOf(at)[Number(key)] : objectOf(at)[key];
    }
    return at;
  }

  /** A name of letters and digits that only this reference has. */
  nameOf(reference: string): string {
    const known = this.#names.get(reference);
    if (known !== undefined) return known;
    const last = reference.split("/").at(-1) ?? "";
    const plain = last.replaceAll(/[^A-Za-z0-9]/g, "") || "root";
    const taken = new Set(this.#names.values());
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}${n}`;
    this.#names.set(reference, name);
    return name;
  }
}
