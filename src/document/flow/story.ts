import type { FlowBuilder } from "./builder.ts";
import { walk, type Attributes } from "./xml.ts";

/** One story of a Word document (its body, a header, a footer, the notes) → lines. */

/** A header or footer that the story asks for. */
export interface Edge {
  /** Of its relation. */
  readonly id: string;
  readonly type: string;
}

/** @returns headers and footers of its sections */
export function layOutStory(part: Uint8Array, flow: FlowBuilder): readonly Edge[] {
  const sections = createSections();
  const looks = createLooks();
  const put = (text: string) => (looks.unseen() ? flow.hide(text) : flow.text(text));
  let inText = false;

  const opened: Handlers = {
    t: () => {
      inText = true;
    },
    tab: () => put("\t"),
    ptab: () => put("\t"),
    noBreakHyphen: () => put("-"),
    cr: () => flow.endLine(),
    br: (attributes) => (attributes.get("type") === "page" ? flow.breakPage() : flow.endLine()),
    // Where the page ended when Word last showed it.
    lastRenderedPageBreak: () => flow.breakPage(),
    pageBreakBefore: (attributes) => {
      if (isOn(attributes)) flow.breakPage();
    },
    tbl: () => flow.openTable(),
    tr: () => flow.openRow(),
    tc: () => flow.openCell(),
    gridSpan: (attributes) => flow.spanCell(Number(attributes.get("val") ?? 1)),
    txbxContent: () => flow.openAside(),
    drawing: () => flow.picture(),
    pict: () => flow.picture(),
    object: () => flow.picture(),
  };
  const closed: Handlers = {
    t: () => {
      inText = false;
    },
    p: () => flow.endLine(),
    tc: () => flow.closeCell(),
    tr: () => flow.closeRow(),
    tbl: () => flow.closeTable(),
    txbxContent: () => flow.closeAside(),
  };

  walk(part, {
    open: (name, attributes) => {
      if (unprinted.has(name)) return false;
      for (const handlers of [opened, looks.opened, sections.opened]) call(handlers, name, attributes);
      return true;
    },
    text: (text) => {
      if (inText) put(text);
    },
    close: (name) => {
      for (const handlers of [closed, looks.closed, sections.closed]) call(handlers, name, none);
    },
  });
  return sections.edges;
}

type Handlers = Readonly<Record<string, (attributes: Attributes) => void>>;

const none: Attributes = new Map();

function call(handlers: Handlers, name: string, attributes: Attributes): void {
  if (Object.hasOwn(handlers, name)) handlers[name]?.(attributes);
}

/** A mark without a value is on. */
export const isOn = (attributes: Attributes) => !/^(0|false|off)$/.test(attributes.get("val") ?? "");

/**
 * What is not printed: deleted and moved text, codes of fields, tab stops, what was before a change, the second
 * copy of a text box.
 */
const unprinted = new Set(
  (
    "del moveFrom delText delInstrText instrText tabs Fallback " +
    "rPrChange pPrChange sectPrChange tblPrChange trPrChange tcPrChange"
  ).split(" "),
);

/** Word gives sizes in half-points. Type below one point is a speck. */
const halfPointsMin = 2;

/** A paragraph, or a run of text in one look. Text boxes put paragraphs into runs. */
interface Scope {
  readonly run: boolean;
  vanished: boolean;
  tiny: boolean;
  white: boolean;
  shaded: boolean;
}

/** Follows what decides whether anybody sees a text. */
function createLooks() {
  const scopes: Scope[] = [];
  let inMarks = false;
  /** Styles may give tables and text boxes a dark background: white text in them is taken for visible. */
  let depth = 0;

  const open = (run: boolean) => {
    scopes.push({ run, vanished: false, tiny: false, white: false, shaded: false });
  };
  /** What a paragraph says of its own mark is not said of its text. */
  const ofRun = () => {
    const scope = scopes.at(-1);
    return scope?.run ? scope : undefined;
  };
  const deeper = () => {
    depth += 1;
  };
  const higher = () => {
    depth -= 1;
  };

  const opened: Handlers = {
    p: () => open(false),
    r: () => open(true),
    rPr: () => {
      inMarks = true;
    },
    vanish: (attributes) => set(ofRun(), { vanished: isOn(attributes) }),
    sz: (attributes) => set(ofRun(), { tiny: Number(attributes.get("val") ?? halfPointsMin) < halfPointsMin }),
    color: (attributes) => set(ofRun(), { white: isWhite(attributes.get("val")) }),
    highlight: () => set(ofRun(), { shaded: true }),
    shd: (attributes) => {
      const fill = attributes.get("fill") ?? "auto";
      const scope = inMarks ? ofRun() : scopes.at(-1);
      if (fill !== "auto" && !isWhite(fill)) set(scope, { shaded: true });
    },
    tbl: deeper,
    txbxContent: deeper,
  };
  const closed: Handlers = {
    p: () => void scopes.pop(),
    r: () => void scopes.pop(),
    rPr: () => {
      inMarks = false;
    },
    tbl: higher,
    txbxContent: higher,
  };
  const unseen = () => {
    const scope = scopes.at(-1);
    if (!scope) return false;
    return scope.vanished || scope.tiny || (scope.white && depth === 0 && !scopes.some((one) => one.shaded));
  };
  return { opened, closed, unseen };
}

function set(scope: Scope | undefined, change: Partial<Scope>): void {
  if (scope) Object.assign(scope, change);
}

const isWhite = (colour: string | undefined) => /^f{6}$/i.test(colour ?? "");

/** Follows the sections; a first page has a header of its own only where its section says so. */
function createSections() {
  const edges: Edge[] = [];
  let section: Edge[] = [];
  let titlePage = false;
  const refer = (attributes: Attributes) => {
    section.push({ id: attributes.get("id") ?? "", type: attributes.get("type") ?? "default" });
  };
  const opened: Handlers = {
    headerReference: refer,
    footerReference: refer,
    titlePg: (attributes) => {
      titlePage = isOn(attributes);
    },
  };
  const closed: Handlers = {
    sectPr: () => {
      edges.push(...section.filter((edge) => edge.type !== "first" || titlePage));
      section = [];
      titlePage = false;
    },
  };
  return { edges, opened, closed };
}
