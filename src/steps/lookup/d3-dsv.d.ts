/** What we use of d3-dsv, which comes without types. */
declare module "d3-dsv" {
  export function dsvFormat(separator: string): {
    parse(text: string): Readonly<Record<string, string>>[] & { readonly columns: readonly string[] };
  };
}
