import { WeirError } from "../../core/index.ts";
import { walk } from "./xml.ts";
import type { Zip } from "./zip.ts";

/** The ways from part to part that Office files and EPUB share. */

/** A name in the archive from one written in `base`; "#…" and "?…" are cut off. */
export function resolvePart(base: string, reference: string): string {
  const path = unescaped(reference.replace(/[?#].*$/s, ""));
  const folders = path.startsWith("/") ? [] : base.split("/").slice(0, -1);
  for (const step of path.split("/")) {
    if (step === "..") folders.pop();
    else if (step !== "" && step !== ".") folders.push(step);
  }
  return folders.join("/");
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

export function needPart(zip: Zip, name: string): Uint8Array {
  const bytes = zip.read(name);
  if (!bytes) throw new WeirError("document.damaged", `The file holds no ${name}.`);
  return bytes;
}

export interface Relation {
  readonly id: string;
  /** The last part of its address, such as "header". */
  readonly type: string;
  /** Name in the archive. What lies outside of it is left out and never fetched. */
  readonly target: string;
}

/** @param part whose relations are meant; "" for those of the whole file */
export function relationsOf(zip: Zip, part: string): readonly Relation[] {
  const slash = part.lastIndexOf("/") + 1;
  const bytes = zip.read(`${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`);
  const relations: Relation[] = [];
  if (!bytes) return relations;
  walk(bytes, {
    open: (name, attributes) => {
      if (name !== "Relationship" || attributes.get("TargetMode") === "External") return;
      const type = (attributes.get("Type") ?? "").replace(/^.*\//s, "");
      const target = resolvePart(part, attributes.get("Target") ?? "");
      relations.push({ id: attributes.get("Id") ?? "", type, target });
    },
    text: () => {},
  });
  return relations;
}
