import type { Decision, Line, Span } from "weir";
import type { Letter } from "../../src/candidates/index.ts";
import { languageOf } from "./language.ts";

/** What stands in a message, found by rules that anybody can read. Nothing is made up: every value is printed there. */

type Found = Omit<Decision, "confidence" | "by" | "status" | "alternatives"> & {
  readonly alternatives?: Decision["alternatives"];
};

/** A value that a rule found, or that the message does not state. */
export function ruled({ value, source, evidence, alternatives = [] }: Found): Decision {
  return { value, confidence: null, status: "accepted", by: "rule", source, alternatives, evidence };
}

/** Absent: what may be absent holds nothing back. */
const absent: Decision = {
  value: null,
  confidence: null,
  status: "review",
  by: "rule",
  source: [],
  alternatives: [],
  evidence: {},
};

export function spanOf(line: Line, text: string): Span {
  return { page: line.page, line: line.line, text, box: line.box };
}

const calm =
  /\b(?:not (?:very |at all )?urgent|no (?:rush|hurry)|whenever you (?:can|have time)|when you have (?:a moment|time)|nicht (?:so )?(?:dringend|eilig)|keine eile|hat zeit)\b/i;
const urgent =
  /\b(?:urgent(?:ly)?|asap|as soon as possible|immediately|right away|emergency|at once|by (?:today|tonight|tomorrow)|deadline|dringend|sofort|eilig|umgehend|notfall|so schnell wie möglich|bis (?:heute|morgen))\b/i;

export function urgencyOf({ headers, own }: Letter): Decision {
  const priority = headers.get("priority");
  if (priority && /high|urgent|hoch/i.test(priority.value)) {
    return ruled({
      value: "high",
      source: [spanOf(priority.line, priority.line.text)],
      evidence: { "urgency.header": 1 },
    });
  }
  const lines = [...[headers.get("subject")?.line ?? []].flat(), ...own];
  for (const [value, words] of [
    ["low", calm],
    ["high", urgent],
  ] as const) {
    const line = lines.find(({ text }) => words.test(text));
    const said = line && words.exec(line.text)?.[0];
    if (line && said) return ruled({ value, source: [spanOf(line, said)], evidence: { "urgency.said": 1 } });
  }
  return ruled({ value: "normal", source: [], evidence: { "urgency.said": 0 } });
}

export function languageDecision({ headers, own }: Letter): Decision {
  const text = [headers.get("subject")?.value ?? "", ...own.map((line) => line.text)].join("\n");
  const found = languageOf(text);
  return found
    ? ruled({ value: found.language, source: [], evidence: { "language.share": round(found.share) } })
    : absent;
}

const round = (value: number) => Math.round(value * 1000) / 1000;

const address = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/u;

/** Who wrote, as the headers say; else as the signature says. What the text says about itself is not asked. */
export function customerOf({ headers, signature }: Letter): { readonly name: Decision; readonly email: Decision } {
  const from = headers.get("from") ?? headers.get("reply-to");
  const email = from ?? headers.get("email");
  const printed = email && address.exec(email.value)?.[0];
  const name = headers.get("name") ?? from;
  const called =
    name &&
    name.value
      .replace(/<[^>]*>|\([^)]*\)/g, "")
      .replaceAll('"', "")
      .trim();
  const signed = signature.slice(1).find(({ text }) => nameLine.test(text.trim()));
  const below = signature.find(({ text }) => address.test(text));
  return {
    name:
      name && called && !called.includes("@")
        ? ruled({ value: called, source: [spanOf(name.line, called)], evidence: { "name.header": 1 } })
        : signed
          ? ruled({
              value: signed.text.trim(),
              source: [spanOf(signed, signed.text.trim())],
              evidence: { "name.signed": 1 },
            })
          : absent,
    email:
      email && printed
        ? ruled({
            value: printed.toLowerCase(),
            source: [spanOf(email.line, printed)],
            evidence: { "email.header": 1 },
          })
        : below
          ? emailBelow(below)
          : absent,
  };
}

function emailBelow(line: Line): Decision {
  const printed = address.exec(line.text)?.[0] ?? "";
  return ruled({ value: printed.toLowerCase(), source: [spanOf(line, printed)], evidence: { "email.signed": 1 } });
}

/** Two to four words that begin in capitals and nothing else. */
const nameLine = /^\p{Lu}[\p{L}'’-]+(?:\s+(?:(?:von|van|de|der|da|di)\s+)*\p{Lu}[\p{L}'’.-]*){1,3}$/u;

const orderNumber =
  /\b(?:order|purchase|bestell(?:ung|nummer|nr)?|auftrag(?:s(?:nummer|nr))?|commande|pedido|ordine|bestelling)s?\b[\s,:#.(-]*(?:(?:number|numbers|no|nr|num|nummer|numéro|n°|número|id|ref|reference)\b)?[\s:#.(-]*((?:[A-Z]{1,4}[- ]?)?\d[\dA-Z]*(?:-[\dA-Z]+)*)\b/giu;
const digitsMin = 4;

/** The number that a word beside it calls an order's. Several are for a person to tell apart. */
export function orderNumberOf({ headers, own }: Letter): Decision {
  const lines = [...[headers.get("subject")?.line ?? []].flat(), ...own];
  const found = new Map<string, Span>();
  for (const line of lines) {
    for (const [, number = ""] of line.text.matchAll(orderNumber)) {
      if (number.replaceAll(/\D/g, "").length < digitsMin || found.has(number)) continue;
      found.set(number, spanOf(line, number));
    }
  }
  const [first, ...others] = found;
  if (!first) return absent;
  const [value, span] = first;
  const decision = ruled({
    value,
    source: [span],
    evidence: { "order.named": 1, "order.only": Number(others.length === 0) },
    alternatives: others.map(([other]) => ({ value: other, confidence: null })),
  });
  return others.length === 0 ? decision : { ...decision, status: "review" };
}

const wants =
  /\b(?:please|could you|can you|would you|i (?:want|need|would like|wish)|i'?d like|help me|let me know|tell me|bitte|können sie|könnten sie|ich (?:möchte|will|brauche|hätte gern)|sagen sie)\b/i;
const wonders =
  /^(?:where|when|why|how|what|which|who|is|are|do|does|did|can|could|will|wo|wann|warum|wie|was|welche|wer|ist|sind|kann|haben)\b/i;
const troubled =
  /\b(?:not|never|still|doesn'?t|didn'?t|won'?t|can'?t|cannot|broken|wrong|missing|nicht|nie|noch|kein|keine|defekt|falsch|fehlt)\b/i;
const greeting =
  /^(?:hello|hi|dear|good (?:morning|day|evening)|guten (?:tag|morgen|abend)|hallo|sehr geehrte|liebe[rs]?|thanks|thank you|danke|vielen dank)\b[^?]{0,60}$/i;
const sentenceMax = 300;

/** Words that are meant for whoever sorts the message, not for who answers it. */
const instructs =
  /\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:rules?|instructions?|prompts?|guidelines)\b|\broute (?:this|it|me)\b|\bsystem prompt\b|\b(?:classify|label|mark|tag) (?:this|it) as\b|\b(?:ignoriere|vergiss|missachte)\b.{0,30}\b(?:regeln|anweisungen)\b/i;

/** The line that tries to steer where the message goes; null where none does. */
export function instructionIn({ headers, own }: Letter): string | null {
  const lines = [...[headers.get("subject")?.line ?? []].flat(), ...own];
  return (
    lines
      .find(({ text }) => instructs.test(text))
      ?.text.trim()
      .slice(0, sentenceMax) ?? null
  );
}

/** The sentence that says most plainly what is wanted, word for word. */
export function asksOf({ headers, own }: Letter): Decision {
  const sentences = sentencesOf(own);
  const [best] = sentences
    .map((sentence, at) => ({ ...sentence, score: plainness(sentence.text) - at / 100 }))
    .toSorted((a, b) => b.score - a.score);
  if (best && best.score > 0) {
    return ruled({
      value: best.text,
      source: best.source,
      evidence: { "asks.plain": Math.min(1, round(best.score / 5)) },
    });
  }
  const subject = headers.get("subject");
  if (subject && subject.value !== "") {
    return ruled({
      value: subject.value,
      source: [spanOf(subject.line, subject.value)],
      evidence: { "asks.plain": 0 },
    });
  }
  const [first] = sentences;
  return first ? ruled({ value: first.text, source: first.source, evidence: { "asks.plain": 0 } }) : absent;
}

function plainness(text: string): number {
  if (greeting.test(text)) return -1;
  return (
    (text.endsWith("?") ? 2 : 0) +
    (wants.test(text) ? 1.5 : 0) +
    (wonders.test(text) ? 1 : 0) +
    (troubled.test(text) ? 0.5 : 0)
  );
}

interface Sentence {
  readonly text: string;
  readonly source: readonly Span[];
}

/** Sentences may go over lines; a blank line ends one. */
function sentencesOf(lines: readonly Line[]): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let text = "";
  let source: Span[] = [];
  const end = () => {
    if (/\p{L}/u.test(text)) sentences.push({ text: text.trim().slice(0, sentenceMax), source });
    text = "";
    source = [];
  };
  for (const line of lines) {
    const isGreeting = greeting.test(line.text.trim());
    if (line.text.trim() === "" || isGreeting) end();
    for (const part of line.text.split(/(?<=[.!?])\s+/)) {
      const words = part.trim();
      if (words === "") continue;
      text = text === "" ? words : `${text} ${words}`;
      source = [...source, spanOf(line, words)];
      if (/[.!?]$/.test(words) || text.length > sentenceMax) end();
    }
    if (isGreeting) end();
  }
  end();
  return sentences;
}
