import type { Attributes } from "../flow/xml.ts";

/** A part of an XML file as a tree: coded entries are small, the file is not. Pure. */

export interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: Element[];
  /** What stands directly within it. */
  text: string;
}

/** Follows a walk and keeps one part of it. */
export class Capture {
  readonly #open: Element[] = [];

  open(name: string, attributes: Attributes): void {
    const element: Element = { name, attributes, children: [], text: "" };
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  text(text: string): void {
    const last = this.#open.at(-1);
    if (last) last.text += text;
  }

  /** @returns the part once it is whole */
  close(): Element | null {
    const closed = this.#open.pop();
    return closed && this.#open.length === 0 ? closed : null;
  }
}

/** The element at the end of a path of names; undefined where one is missing. */
export function at(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  return path.reduce<Element | undefined>((here, name) => here?.children.find((child) => child.name === name), element);
}

export function all(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Every element of one of these names below, in the order of the file. */
export function* below(element: Element, ...names: readonly string[]): Generator<Element> {
  for (const child of element.children) {
    if (names.includes(child.name)) yield child;
    yield* below(child, ...names);
  }
}

/** An attribute that says something. */
export function attribute(element: Element | undefined, name: string): string | undefined {
  const value = element?.attributes.get(name)?.trim();
  return value === undefined || value === "" ? undefined : value;
}

/** All text of an element, with single blanks. */
export function textOf(element: Element | undefined): string | undefined {
  if (!element) return undefined;
  const parts = [element.text, ...element.children.map((child) => textOf(child) ?? "")];
  const text = parts.join(" ").replaceAll(/\s+/g, " ").trim();
  return text === "" ? undefined : text;
}
