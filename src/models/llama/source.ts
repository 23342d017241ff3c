/**
 * Passages as a quote walks through them: cut where a quote may begin, end or must stay whole. Pure.
 *
 * Pieces lie between blanks, with the signs before and after the letters of a word on their own ("(Berlin),"
 * is four pieces), and with what follows a label's colon apart from it ("No:4711").
 */
export interface Piece {
  readonly passage: number;
  /** Offsets in its passage. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether a blank stands before it. */
  readonly spaced: boolean;
  /** Whether it goes on from the piece before it in the list. */
  readonly goesOn: boolean;
  /** Whether a quote may begin with it. */
  readonly opens: boolean;
  /** Whether a quote may end with it. */
  readonly closes: boolean;
}

/** Longer words are noise that no answer is made of. */
const pieceCharsMax = 200;
const word = /\S+/g;
const says = /[\p{L}\p{N}\p{M}\p{Sc}]/u;
const edges = /^(?<before>[^\p{L}\p{N}\p{M}\p{Sc}]*)(?<core>.*?)(?<after>[^\p{L}\p{N}\p{M}\p{Sc}]*)$/su;
const labelEnds = /(?<=\p{L})([:=])/u;
/** Closes what may belong to a value: "GmbH (Berlin)", "20%", "5'". */
const closing = /[)\]}%"'”’»]$/u;

export function piecesOf(passages: readonly string[]): readonly Piece[] {
  return passages.flatMap((text, passage) => {
    const pieces: Piece[] = [];
    let goesOn = false;
    for (const { 0: whole, index } of text.matchAll(word)) {
      let start = index;
      for (const part of partsOf(whole)) {
        const end = start + part.length;
        if (part.length <= pieceCharsMax) {
          const opens = says.test(part);
          const [spaced, closes] = [start === index && index > 0, opens || closing.test(part)];
          pieces.push({ passage, start, end, text: part, spaced, goesOn, opens, closes });
        }
        goesOn = part.length <= pieceCharsMax;
        start = end;
      }
    }
    return pieces;
  });
}

function partsOf(whole: string): readonly string[] {
  if (whole.length > pieceCharsMax) return [whole];
  const { before = "", core = "", after = "" } = edges.exec(whole)?.groups ?? {};
  return [before, ...core.split(labelEnds), after].filter((part) => part !== "");
}
