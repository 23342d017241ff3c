/** docs/accuracy.md: what people wrote before and after, and between them a section for each set that was measured. */

export interface Section {
  readonly set: string;
  readonly markdown: string;
}

const heading = /^## (\w+): `/;

/** The sections of sets on a page; what stands before, after and between them is not theirs. */
export function sectionsOf(page: string): readonly Section[] {
  return page.split(/^(?=## )/m).flatMap((markdown) => {
    const set = heading.exec(markdown)?.[1];
    return set === undefined ? [] : [{ set, markdown }];
  });
}

/** New sections replace those of the same set, the others stay as they are. @param order names of sets */
export function pageOf(
  before: string,
  measured: readonly Section[],
  order: readonly string[],
  { head, tail }: { readonly head: string; readonly tail: string },
): string {
  const sections = new Map([...sectionsOf(before), ...measured].map(({ set, markdown }) => [set, markdown]));
  const here = order.flatMap((set) => sections.get(set) ?? []);
  return `${[head, ...here, tail].map((part) => part.trim()).join("\n\n")}\n`;
}
