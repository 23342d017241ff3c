/**
 * How a truth may write what the page prints. Small, general and without words of any one kind of document;
 * which of them a path needs is seen from its examples. Each gives null where it does not apply.
 */

type Rendering = (text: string) => string | null;

const cut = (text: string, at: RegExp): string | null => {
  const rest = text.replace(at, "").trim();
  return rest === text.trim() || rest === "" ? null : rest;
};

export const renderings = {
  /** As the finder writes it. */
  plain: (text) => text,
  /** "Nordwind GmbH (123-X)" → "Nordwind GmbH" */
  withoutBrackets: (text) => cut(text, /\s*[([][^()[\]]*[)\]]\s*$/),
  /** "Attn: Jo Doe" → "Jo Doe" */
  afterColon: (text) => cut(text, /^[^:]*:\s*/),
  /** "Delaware, USA" → "Delaware" */
  beforeComma: (text) => cut(text, /,.*$/s),
  /** "Hamburg, Germany" → "Germany" */
  afterComma: (text) => cut(text, /^.*,\s*/s),
  /** "A-17 / Rev 2" → "A-17" */
  beforeDash: (text) => cut(text, /\s+[-–—/|]\s.*$/s),
  /** "ACME / Spring" → "Spring" */
  afterDash: (text) => cut(text, /^.*\s[-–—/|]\s+/s),
  /** "State of Delaware" → "Delaware" */
  afterOf: (text) => cut(text, /^.*\bof\s+(?:the\s+)?/is),
  /** "two (2) years" → "2 years" */
  countInBrackets: (text) => {
    const found = /\(\s*(\d+)\s*\)\s*(\p{L}+)/u.exec(text);
    return found === null ? null : `${found[1]} ${found[2]}`;
  },
  /** "No. 12/345" → "12345" */
  digits: (text) => {
    const found = text.replaceAll(/\D/g, "");
    return found === "" || found === text ? null : found;
  },
} as const satisfies Readonly<Record<string, Rendering>>;

export type RenderingName = keyof typeof renderings;

export const renderingNames = Object.keys(renderings) as readonly RenderingName[];
